// TrueFX spot FX quotes: its monthly files ("EUR/USD,20130101 22:00:00.295,1.32,1.33", no header) and files
// with a header timestamp,bid,ask. Times are UTC; there are no sizes (quote_writer.h).
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesTruefx(const FileHead& head);
std::unique_ptr<Importer> MakeTruefxImporter();

}  // namespace crucible::decode
