# ONNX Runtime as Ort::Ort: below ORT_ROOT, laid out as its release archives are (include/, lib/), or by its own
# configuration, as in Debian 13's libonnxruntime-dev.
set(ORT_ROOT "" CACHE PATH "ONNX Runtime: a folder with include/ and lib/, such as an unpacked release archive")
if(ORT_ROOT)
  find_path(Ort_INCLUDE_DIR onnxruntime_cxx_api.h PATHS ${ORT_ROOT}/include PATH_SUFFIXES onnxruntime NO_DEFAULT_PATH)
  find_library(Ort_LIBRARY onnxruntime PATHS ${ORT_ROOT}/lib NO_DEFAULT_PATH)
else()
  find_package(onnxruntime QUIET CONFIG)
  if(TARGET onnxruntime::onnxruntime)
    set(Ort_INCLUDE_DIR "its configuration's")
    set(Ort_LIBRARY onnxruntime::onnxruntime)
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Ort REQUIRED_VARS Ort_LIBRARY Ort_INCLUDE_DIR)

if(Ort_FOUND AND NOT TARGET Ort::Ort)
  add_library(Ort::Ort INTERFACE IMPORTED)
  target_link_libraries(Ort::Ort INTERFACE ${Ort_LIBRARY})
  if(ORT_ROOT)
    target_include_directories(Ort::Ort INTERFACE ${Ort_INCLUDE_DIR})
  endif()
endif()
