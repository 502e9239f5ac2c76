# Functions that declare rooms, their tests and their benchmarks, so that every room reads alike.
#
#   crucible_room(book SOURCES order_book.cc DEPENDS event PRIVATE absl::flat_hash_map)
#   crucible_test(book SOURCES order_book_test.cc DEPENDS book)
#   crucible_benchmark(book SOURCES order_book_bench.cc DEPENDS book)

add_library(crucible_options INTERFACE)
target_include_directories(crucible_options INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
# Replays must give the same bits on every x86-64 CPU and at every optimisation level: no fused
# multiply-add, no fast-math (docs/determinism.md).
target_compile_options(crucible_options INTERFACE
  -ffp-contract=off -fno-fast-math -fno-math-errno
  # Position-independent code must otherwise assume that another library replaces our functions, and inlines none.
  -fno-semantic-interposition
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wno-restrict $<$<CXX_COMPILER_ID:Clang>:-Wno-unknown-warning-option>)
if(CRUCIBLE_SANITIZE)
  target_compile_options(crucible_options INTERFACE
    -fsanitize=${CRUCIBLE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(crucible_options INTERFACE -fsanitize=${CRUCIBLE_SANITIZE})
endif()
if(CRUCIBLE_COVERAGE)
  target_compile_options(crucible_options INTERFACE --coverage)
  target_link_options(crucible_options INTERFACE --coverage)
endif()

# A room: library crucible_NAME, alias crucible::NAME. DEPENDS lists rooms and is what the house test
# (tests/house) compares with the room's includes; PUBLIC and PRIVATE list third-party targets.
function(crucible_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PUBLIC;PRIVATE" ${ARGN})
  if(ROOM_SOURCES)
    add_library(crucible_${name} STATIC ${ROOM_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(crucible_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(crucible::${name} ALIAS crucible_${name})
  target_link_libraries(crucible_${name} ${scope} crucible_options ${ROOM_PUBLIC})
  foreach(room IN LISTS ROOM_DEPENDS)
    target_link_libraries(crucible_${name} ${scope} crucible::${room})
  endforeach()
  if(ROOM_PRIVATE)
    target_link_libraries(crucible_${name} PRIVATE ${ROOM_PRIVATE})
  endif()
endfunction()

# For a room where compile time matters and speed does not: header-only option parsing, JSON and TOML.
# -O1, with GCC 12's false warnings of unset variables silenced; sanitizers make optimising three times as slow, so
# there it is not optimised at all.
function(crucible_is_not_hot target)
  if(CRUCIBLE_SANITIZE)
    set(level -O0)
  else()
    set(level -O1)
  endif()
  target_compile_options(${target} PRIVATE
    $<$<CONFIG:Release,RelWithDebInfo>:${level}> -Wno-maybe-uninitialized)
endfunction()

# One test binary per room or concern: crucible_NAME_test. LABELS: unit (default), property, scenario,
# golden, threads, slow.
function(crucible_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;DEPENDS;LIBRARIES;LABELS" ${ARGN})
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 600)
  endif()
  add_executable(crucible_${name}_test ${TEST_SOURCES})
  foreach(room IN LISTS TEST_DEPENDS)
    target_link_libraries(crucible_${name}_test PRIVATE crucible::${room})
  endforeach()
  target_link_libraries(crucible_${name}_test PRIVATE crucible_options ${TEST_LIBRARIES} GTest::gmock GTest::gtest_main)
  # What is tested is optimised in its room; tests themselves are compiled more often than they are waited for.
  target_compile_options(crucible_${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
  target_compile_definitions(crucible_${name}_test PRIVATE
    CRUCIBLE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" CRUCIBLE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND crucible_${name}_test)
  set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT})
endfunction()

# crucible_NAME_bench; every benchmark also runs once as a smoke test, so that it cannot rot.
function(crucible_benchmark name)
  cmake_parse_arguments(BENCH "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(crucible_${name}_bench ${BENCH_SOURCES})
  foreach(room IN LISTS BENCH_DEPENDS)
    target_link_libraries(crucible_${name}_bench PRIVATE crucible::${room})
  endforeach()
  target_link_libraries(crucible_${name}_bench PRIVATE crucible_options ${BENCH_LIBRARIES} benchmark::benchmark)
  if(CRUCIBLE_BUILD_TESTS)
    add_test(NAME bench_${name} COMMAND crucible_${name}_bench --benchmark_min_time=0.001)
    set_tests_properties(bench_${name} PROPERTIES LABELS "bench-smoke" TIMEOUT 600
      ENVIRONMENT "CRUCIBLE_BENCH_SMOKE=1")
  endif()
endfunction()
