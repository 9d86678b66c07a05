# Files inside the binary. `embedded::find` of src/base/embedded.h gives them back.
#
#   suki_embed(TARGET PREFIX [BASE folder] files…)
#       Each file becomes PREFIX/<its name>, or PREFIX/<its path below BASE>.
#   suki_embed_folder(TARGET PREFIX folder DEPENDS files…)
#       All files below a folder that the build itself fills (names are known only then); embedded anew when a file of DEPENDS
#       changes.
#
# The bytes are brought in by the assembler, so that a megabyte costs no compile time. The objects are handed to whoever links
# TARGET, not put into its archive: nothing refers to them by name, and a linker leaves such members of an archive out.

function(suki_embed target prefix)
  cmake_parse_arguments(EMBED "" "BASE" "" ${ARGN})
  set(files)
  set(lines)
  foreach(file ${EMBED_UNPARSED_ARGUMENTS})
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    if(EMBED_BASE)
      cmake_path(ABSOLUTE_PATH EMBED_BASE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE base)
      cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${base} OUTPUT_VARIABLE name)
    else()
      cmake_path(GET file FILENAME name)
    endif()
    list(APPEND files ${file})
    string(APPEND lines "embed \"${prefix}/${name}\", \"${file}\"\n")
  endforeach()
  string(MAKE_C_IDENTIFIER "embedded_${target}_${prefix}" name)
  set(source ${CMAKE_BINARY_DIR}/embedded/${name}.S)
  file(READ ${CMAKE_SOURCE_DIR}/cmake/embed.S.in head)
  file(CONFIGURE OUTPUT ${source} CONTENT "${head}${lines}" @ONLY)
  set_property(SOURCE ${source} PROPERTY OBJECT_DEPENDS ${files})
  suki_link_embedded(${target} ${name} ${source})
endfunction()

function(suki_embed_folder target prefix folder)
  cmake_parse_arguments(EMBED "" "" "DEPENDS" ${ARGN})
  string(MAKE_C_IDENTIFIER "embedded_${target}_${prefix}" name)
  set(source ${CMAKE_BINARY_DIR}/embedded/${name}.S)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DPREFIX=${prefix} -DFOLDER=${folder} -DHEAD=${CMAKE_SOURCE_DIR}/cmake/embed.S.in -DOUTPUT=${source}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_folder.cmake
    DEPENDS ${EMBED_DEPENDS} ${CMAKE_SOURCE_DIR}/cmake/embed_folder.cmake ${CMAKE_SOURCE_DIR}/cmake/embed.S.in
    VERBATIM)
  suki_link_embedded(${target} ${name} ${source})
endfunction()

function(suki_link_embedded target name source)
  add_library(${name} OBJECT ${source})
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(${target} INTERFACE $<TARGET_OBJECTS:${name}>)
  else()
    target_link_libraries(${target} PUBLIC $<TARGET_OBJECTS:${name}>)
  endif()
endfunction()

# What is embedded.
foreach(dialect sqlite postgres)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/store/${dialect}/migrations/*.sql)
  suki_embed(suki_store migrations/${dialect} ${migrations})
endforeach()
file(GLOB patterns CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/words/patterns/*.txt)
suki_embed(suki_words words ${patterns})
suki_embed(suki_cli examples ${CMAKE_SOURCE_DIR}/examples/meat-works-till.yaml)
suki_embed(suki_server api ${CMAKE_SOURCE_DIR}/api/openapi.yaml)
# Built by scripts/web.sh, which writes the stamp last; without it the server shows a stub page.
file(GLOB console_stamp CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/console/node_modules/.suki-console)
if(console_stamp)
  suki_embed_folder(suki_server console ${CMAKE_SOURCE_DIR}/web/console/dist DEPENDS ${console_stamp})
endif()
