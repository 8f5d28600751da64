// network_input MODEL_DIR IMAGE ...: what the network takes of each image, float32, for tests that compare it.

#include <cstdio>
#include <exception>

#include "description.h"
#include "image.h"

int main(int argc, char** argv) {
  try {
    const rare::ModelDescription model = rare::read_description(argc > 1 ? argv[1] : "");
    for (int index = 2; index < argc; ++index) {
      const cv::Mat image = rare::decode_image(rare::read_image_file(argv[index]), model.mode);
      const std::vector<float> input = rare::resize_normalized(image, model.input);
      std::fwrite(input.data(), sizeof(float), input.size(), stdout);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
