// Expressions that are bred: random ones, mutation, crossover. Every result is valid and of the type asked
// for; what is drawn depends on the stream alone. Koza, "Genetic programming" (1992), chapter 6, with types
// as in Montana, "Strongly typed genetic programming" (Evolutionary Computation 3, 1995).
#pragma once

#include "framework/base/random.h"
#include "framework/features/expression.h"

namespace crucible::features {

// Of at most `depth` levels below the root; features are numbered below `feature_count`.
// REQUIRES: feature_count > 0, 0 <= depth <= 4 (depth >= 1 for a truth).
Expression RandomExpression(Type type, int depth, std::size_t feature_count, RandomStream& random);

// One change: a constant moved, a leaf replaced, an operator exchanged for one of the same types, or a part
// grown anew.
Expression Mutate(const Expression& parent, std::size_t feature_count, RandomStream& random);

// `mother` with one part replaced by a part of `father` of the same type; `mother` when no such part fits.
Expression Cross(const Expression& mother, const Expression& father, RandomStream& random);

}  // namespace crucible::features
