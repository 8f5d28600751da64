# make demo · make test · make test-slow · make lint · make bench · make samples · make cpp · make cpp-test · make test-paddle26
PYTHON ?= python3
VENV ?= .venv
VENV26 ?= .venv-paddle26
BIN = $(VENV)/bin
MODEL = rec_mv3_tps_bilstm_att
# Tests that start several processes each, alone; the others in two processes, a file's together, as they share what is made.
ALONE = tests/integration/test_ranks.py tests/integration/test_train.py tests/integration/test_batch.py tests/integration/test_batch_ray.py
TOGETHER = -n 2 --dist loadfile $(ALONE:%=--ignore=%)
.PHONY: demo test test-slow lint bench samples cpp cpp-test cpp-lint test-paddle26 demo-images clean

demo: $(VENV)/.cpu
	$(BIN)/python tools/infer_rec.py -c ppocr_rare/weights/$(MODEL)/config.yml \
	  -o Global.use_gpu=False Global.pretrained_model=ppocr_rare/weights/$(MODEL)/best_accuracy \
	     Global.infer_img=doc/imgs_words/en Global.save_res_path=
	@echo
	@echo "Next, words of your own:      $(BIN)/python -m ppocr_rare read IMAGE_OR_FOLDER"
	@echo "All commands:                 $(BIN)/python -m ppocr_rare --help"
	@echo "To see it learn, half an hour: OMP_NUM_THREADS=1 $(BIN)/python tools/train.py -c configs/rec/$(MODEL)_synth.yml -o Global.use_gpu=False"

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(TOGETHER) -m "not slow"
	$(BIN)/python -m pytest $(ALONE) -m "not slow"

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/python -m mypy

test-paddle26: $(VENV26)/.dev
	$(VENV26)/bin/python -m pytest $(TOGETHER)
	$(VENV26)/bin/python -m pytest $(ALONE)

# Prints tables; takes half an hour. benchmarks/README.md says what each script measures.
bench: $(VENV)/.dev
	$(BIN)/python benchmarks/bench_infer.py
	$(BIN)/python benchmarks/bench_train.py --profile
	$(BIN)/python benchmarks/bench_loader.py
	$(BIN)/python benchmarks/bench_render.py
	$(BIN)/python benchmarks/bench_rectifier.py

# The C++ program, deploy/cpp_infer/build/release/rare_read: with ONNX Runtime where ORT_ROOT names a folder of it, or
# Debian's package is there, else with OpenVINO, whose wheel is a whole C++ kit. What it needs of Debian: deploy/cpp_infer/README.md.
CPP = deploy/cpp_infer
CPP_OPTIONS = -DPython3_EXECUTABLE=$(abspath $(BIN)/python) $(if $(ORT_ROOT),-DORT_ROOT=$(abspath $(ORT_ROOT)))
cpp: $(if $(ORT_ROOT),,$(VENV)/.dev)
	cd $(CPP) && cmake --preset release $(CPP_OPTIONS) && cmake --build --preset release --parallel

# Its own tests and those beside Python, in the release build and under the sanitizers.
cpp-test: cpp
	cd $(CPP) && ctest --preset release
	cd $(CPP) && cmake --preset asan $(CPP_OPTIONS) && cmake --build --preset asan --parallel && ctest --preset asan
	RARE_CPP_BUILD=$(CPP)/build/release $(BIN)/python -m pytest tests/integration/test_cpp.py
	RARE_CPP_BUILD=$(CPP)/build/asan $(BIN)/python -m pytest tests/integration/test_cpp.py

cpp-lint: cpp
	clang-format --dry-run -Werror $(wildcard $(CPP)/*/*.cc $(CPP)/*/*.h $(CPP)/include/rare/*.h $(CPP)/examples/*.c)
	run-clang-tidy -quiet -p $(CPP)/build/release 'cpp_infer/src/'

# Draws the pictures of what the word renderer can do, and of what TPS makes of words.
samples: $(VENV)/.dev
	$(BIN)/python tools/render_samples.py --out doc/samples.png
	$(BIN)/python tools/render_samples.py --rectified --out doc/rectified.png
	$(BIN)/python tools/render_samples.py --scene --out doc/scene.jpg
	$(BIN)/python tools/render_samples.py --spotted --out doc/spotted.jpg

# Draws the demo images again from the fonts of the package.
demo-images: $(VENV)/.cpu
	$(BIN)/python tools/render_demo_images.py --out doc/imgs_words/en

# One environment with Paddle 3.3.1 for all but the tests on 2.6.2. A stamp says what is installed in it.
$(VENV)/.cpu: setup.py
	@command -v $(PYTHON) >/dev/null || { echo "no such interpreter: $(PYTHON)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[cpu]'
	touch $@

$(VENV)/.dev: $(VENV)/.cpu setup.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[cpu,dev]'
	touch $@

# Paddle 2.6.2 was built for NumPy 1; the limit makes pip choose an OpenCV that goes with it.
$(VENV26)/.dev: setup.py
	test -d $(VENV26) || $(PYTHON) -m venv $(VENV26)
	$(VENV26)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[cpu,dev]' 'paddlepaddle==2.6.2' 'numpy<2' 'paddle2onnx<2'
	touch $@

clean:
	rm -rf $(VENV) $(VENV26) build *.egg-info
