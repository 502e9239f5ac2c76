# What `cmake --install` puts where: the program, the shipped plugins, and a CMake package that gives
# crucible::plugin, so that strategies build out of tree. The build tree has the same package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir lib/cmake/crucible)
install(TARGETS crucible RUNTIME DESTINATION bin)
get_property(strategies GLOBAL PROPERTY CRUCIBLE_STRATEGIES)
install(TARGETS ${strategies} LIBRARY DESTINATION lib/crucible/plugins)
install(DIRECTORY framework/plugin/crucible DESTINATION include FILES_MATCHING PATTERN "*.h")
install(TARGETS crucible_plugin EXPORT crucible)
install(EXPORT crucible NAMESPACE crucible:: FILE crucibleConfig.cmake DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/${package_dir}/crucibleConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/${package_dir}/crucibleConfigVersion.cmake DESTINATION ${package_dir})
export(EXPORT crucible NAMESPACE crucible:: FILE ${PROJECT_BINARY_DIR}/${package_dir}/crucibleConfig.cmake)
