# add_iig(<target> [KIT <kit>] <file.iig>… [INCLUDES <folder>…])
#
# Compiles .iig files while building. The code becomes part of <target>. The headers lie in a folder of the target's own, which
# is added to its include directories: "<Class>.h". With KIT they lie among the SDK's, <kit/Class.h>, and their messages beside
# them, <kit/Class.messages.h>. INCLUDES: where "Other.iig" is looked for beside the SDK and the file's own folder.

find_program(NODE node REQUIRED)
set(IIG_TOOLS ${CMAKE_SOURCE_DIR}/../tools)
set(IIG_SDK ${CMAKE_SOURCE_DIR}/host/sdk)
set(IIG_SDK_HEADERS ${CMAKE_BINARY_DIR}/sdk/include)
file(GLOB IIG_SOURCES CONFIGURE_DEPENDS ${IIG_TOOLS}/iig/*.ts ${IIG_TOOLS}/commands/iig.ts)

# The compiler is bundled once, before all that use it at the same time.
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/iig-compiler.txt
  COMMAND ${NODE} ${IIG_TOOLS}/launch.mjs iig --help > ${CMAKE_BINARY_DIR}/iig-compiler.txt
  DEPENDS ${IIG_SOURCES}
  COMMENT "Bundling the iig compiler"
  VERBATIM)
add_custom_target(iig_compiler DEPENDS ${CMAKE_BINARY_DIR}/iig-compiler.txt)

function(add_iig target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "KIT" "INCLUDES")
  foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
    cmake_path(ABSOLUTE_PATH file)
    cmake_path(GET file STEM class)
    if(arg_KIT)
      set(folder ${IIG_SDK_HEADERS}/${arg_KIT})
      set(messages ${folder}/${class}.messages.h)
      set(options --header-name ${arg_KIT}/${class}.h --messages ${messages})
    else()
      set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.iig)
      set(messages)
      set(options)
    endif()
    list(TRANSFORM arg_INCLUDES PREPEND --include= OUTPUT_VARIABLE includes)
    add_custom_command(
      OUTPUT ${folder}/${class}.h ${folder}/${class}.iig.cpp ${messages}
      COMMAND ${NODE} ${IIG_TOOLS}/launch.mjs iig --include ${IIG_SDK} ${includes} ${options}
              --header ${folder}/${class}.h --impl ${folder}/${class}.iig.cpp --depfile ${folder}/${class}.d ${file}
      DEPENDS ${file} iig_compiler ${IIG_SOURCES}
      DEPFILE ${folder}/${class}.d
      COMMENT "Compiling ${class}.iig"
      COMMAND_EXPAND_LISTS VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${class}.h ${folder}/${class}.iig.cpp)
    target_include_directories(${target} PUBLIC $<IF:$<BOOL:${arg_KIT}>,${IIG_SDK_HEADERS},${folder}>)
  endforeach()
  target_link_libraries(${target} PUBLIC sdk)
endfunction()
