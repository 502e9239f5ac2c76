# Writes OUTPUT, a C++ source that holds FILES (separated by |) as texts.
string(REPLACE "|" ";" FILES "${FILES}")
set(text "// Made from framework/report/page by embed_page.cmake.\n#include \"framework/report/html.h\"\n\n"
  "namespace crucible::report {\n\nconst std::vector<PageFile>& PageFiles() {\n"
  "  static const std::vector<PageFile> kFiles = {\n")
file(WRITE ${OUTPUT} ${text})
foreach(path IN LISTS FILES)
  get_filename_component(name ${path} NAME)
  file(READ ${path} body)
  string(FIND "${body}" ")CRUCIBLE_PAGE\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${path} holds the mark that ends a raw string")
  endif()
  file(APPEND ${OUTPUT} "{\"${name}\", R\"CRUCIBLE_PAGE(")
  file(APPEND ${OUTPUT} "${body}")
  file(APPEND ${OUTPUT} ")CRUCIBLE_PAGE\"},\n")
endforeach()
file(APPEND ${OUTPUT} "  };\n  return kFiles;\n}\n\n}  // namespace crucible::report\n")
