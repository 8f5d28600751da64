#ifndef RARE_IMAGE_PATHS_H_
#define RARE_IMAGE_PATHS_H_

#include <string>
#include <vector>

namespace rare {

/// The image files that an argument names: those below a folder, sorted as Python sorts them; those that a list, a file
/// whose name ends in `.txt`, has a line each (what follows a tab is left out, so label files serve too; relative paths
/// start at the list's folder); or the file itself, which need not be there.
/// @throws Error no image is below the folder, or the list names none.
std::vector<std::string> list_images(const std::string& argument);

}  // namespace rare

#endif  // RARE_IMAGE_PATHS_H_
