import { dirname } from 'node:path';
import type { DextProject } from '../../model/host/dext-project.ts';

/** The CMake target that makes the bundle of a dext. */
export const dextTarget = (identifier: string) => `dext_${identifier.replaceAll(/[^A-Za-z0-9]/g, '_')}`;

/**
 * The CMakeLists.txt of somebody's dext; its Info.plist lies beside it. Sources that are gone by the next build take the dext out of it,
 * not everything else with them.
 */
export function dextCmake({ identifier, sources }: DextProject, includes: readonly string[]): string {
  const { cpp, iig, entitlements, infoPlist } = sources;
  const quoted = (paths: readonly string[]) =>
    paths.map((path) => `"${path.replaceAll(/["\\$]/g, '\\$&')}"`).join('\n    ');
  return `# Written by tools/host build.
foreach(file IN ITEMS
    ${quoted([...cpp, ...iig])})
  if(NOT EXISTS \${file})
    message(STATUS "${identifier}: \${file} is gone, so it is not built; run tools/host build again")
    return()
  endif()
endforeach()

# Whose code it is decides about its warnings.
get_directory_property(flags COMPILE_OPTIONS)
list(REMOVE_ITEM flags -Wall -Wextra -Werror)
set_directory_properties(PROPERTIES COMPILE_OPTIONS "\${flags}")

add_dext(${dextTarget(identifier)}
  IDENTIFIER ${identifier}
  INFO_PLIST \${CMAKE_CURRENT_SOURCE_DIR}/Info.plist${entitlements === undefined ? '' : `\n  ENTITLEMENTS ${quoted([entitlements])}`}
  SOURCES
    ${quoted(cpp)}
  IIG
    ${quoted(iig)}
  INCLUDES
    ${quoted([dirname(infoPlist), ...includes])})
`;
}
