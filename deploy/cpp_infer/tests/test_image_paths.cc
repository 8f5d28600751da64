#include <doctest/doctest.h>

#include "image_paths.h"
#include "material.h"
#include "rare/recognizer.h"

namespace rare {

TEST_CASE("the images below a folder, sorted by the characters of their paths") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "b/c.png");
  const std::vector<std::string> names = {"B.PNG", "a.jpg", "b/1.webp", "b/c.png/2.tif", "é.bmp"};
  std::vector<std::string> expected;
  for (const std::string& name : names) {
    write(folder / name, "");
    expected.push_back(folder / name);
  }
  for (const char* name : {"a.txt", ".png", "png"}) {
    write(folder / name, "");
  }
  CHECK(list_images(folder.path()) == expected);
}

TEST_CASE("a folder without images") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(static_cast<void>(list_images(folder.path())), Error);
}

TEST_CASE("a list, with labels and another system's line ends") {
  const TemporaryFolder folder;
  write(folder / "list.txt",
        "\xef\xbb\xbf"
        "a.png\tlabel\r\n\n  b c.png \n/abs.png\n");
  CHECK(list_images(folder / "list.txt") == std::vector<std::string>{folder / "a.png", folder / "b c.png", "/abs.png"});
  write(folder / "empty.txt", "\n");
  CHECK_THROWS_AS(static_cast<void>(list_images(folder / "empty.txt")), Error);
  write(folder / "latin.txt", "\xe9.png\n");
  CHECK_THROWS_AS(static_cast<void>(list_images(folder / "latin.txt")), Error);
}

TEST_CASE("anything else is an image, which need not be there") {
  CHECK(list_images("missing.png") == std::vector<std::string>{"missing.png"});
  CHECK(list_images("missing.txt") == std::vector<std::string>{"missing.txt"});
}

}  // namespace rare
