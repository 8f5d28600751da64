# The parts of OpenCV that are needed: OpenCvParts::processing (core, imgproc) and OpenCvParts::codecs (imgcodecs). By
# OpenCV's own configuration where it is there, else by name: Debian keeps that file in libopencv-dev, with 214 packages.
find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs)
find_path(OpenCvParts_INCLUDE_DIR opencv2/imgproc.hpp HINTS ${OpenCV_INCLUDE_DIRS} PATH_SUFFIXES opencv4)
foreach(_part core imgproc imgcodecs)
  if(TARGET opencv_${_part})
    set(OpenCvParts_${_part} opencv_${_part})
  else()
    find_library(OpenCvParts_${_part} opencv_${_part})
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  OpenCvParts
  REQUIRED_VARS OpenCvParts_imgcodecs OpenCvParts_imgproc OpenCvParts_core OpenCvParts_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "on Debian: apt-get install libopencv-imgcodecs-dev libopencv-imgproc-dev")

if(OpenCvParts_FOUND AND NOT TARGET OpenCvParts::processing)
  add_library(OpenCvParts::processing INTERFACE IMPORTED)
  target_include_directories(OpenCvParts::processing INTERFACE ${OpenCvParts_INCLUDE_DIR})
  target_link_libraries(OpenCvParts::processing INTERFACE ${OpenCvParts_imgproc} ${OpenCvParts_core})
  add_library(OpenCvParts::codecs INTERFACE IMPORTED)
  target_link_libraries(OpenCvParts::codecs INTERFACE OpenCvParts::processing ${OpenCvParts_imgcodecs})
endif()
