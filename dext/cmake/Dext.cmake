# add_dext(<target> IDENTIFIER <bundle identifier> INFO_PLIST <file> [ENTITLEMENTS <file>] [SOURCES <file>…] [IIG <file.iig>…]
#          [INCLUDES <folder>…] [LIBRARIES <target>…])
#
# A dext as the host takes it: its sources with the host's runtime, in a folder that looks like the bundle on macOS,
# <build>/bundles/<identifier>.dext. Xcode builds the other one. INCLUDES: where headers and "Other.iig" are looked for beside
# the SDK; LIBRARIES: object libraries that are part of it.
function(add_dext target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "IDENTIFIER;INFO_PLIST;ENTITLEMENTS" "SOURCES;IIG;INCLUDES;LIBRARIES")
  set(bundle ${CMAKE_BINARY_DIR}/bundles/${arg_IDENTIFIER}.dext)

  add_executable(${target} ${arg_SOURCES})
  if(arg_IIG)
    add_iig(${target} ${arg_IIG} INCLUDES ${arg_INCLUDES})
  endif()
  target_include_directories(${target} PRIVATE ${arg_INCLUDES})
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} dext_runtime)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${arg_IDENTIFIER} RUNTIME_OUTPUT_DIRECTORY ${bundle})

  set(copies ${bundle}/Info.plist)
  add_custom_command(
    OUTPUT ${bundle}/Info.plist
    COMMAND ${CMAKE_COMMAND} -E copy ${arg_INFO_PLIST} ${bundle}/Info.plist
    DEPENDS ${arg_INFO_PLIST}
    VERBATIM)
  if(arg_ENTITLEMENTS)
    list(APPEND copies ${bundle}/entitlements.plist)
    add_custom_command(
      OUTPUT ${bundle}/entitlements.plist
      COMMAND ${CMAKE_COMMAND} -E copy ${arg_ENTITLEMENTS} ${bundle}/entitlements.plist
      DEPENDS ${arg_ENTITLEMENTS}
      VERBATIM)
  endif()
  add_custom_target(${target}_bundle ALL DEPENDS ${copies})
  add_dependencies(${target}_bundle ${target})
endfunction()
