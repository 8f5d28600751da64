#ifndef RARE_RARE_H_
#define RARE_RARE_H_

/* Reads words in images: the C interface of rare/recognizer.h, for other languages. Texts are UTF-8. Threads may share
   a recogniser. No function throws or prints. */

#include <stddef.h>

#include "rare/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rare_recognizer rare_recognizer;

/* Which words are read again, with less and with more around them and wider. */
typedef enum rare_views { RARE_VIEWS_ONE, RARE_VIEWS_DOUBTFUL, RARE_VIEWS_ALL } rare_views;

typedef struct rare_options {
  const char* engine; /* "onnxruntime" or "openvino"; NULL: the first that this build has */
  int batch_size;     /* images that the network reads at once */
  int threads;        /* that read; 0: one a core */
  double min_score;   /* in [0, 1]; a word with a lower score gets an empty text */
  int rotate_tall;    /* 1: an image higher than 1.5 times its width is read turned either way as well */
  rare_views views;
  const char* cache_dir; /* where OpenVINO keeps the compiled network, so that it starts sooner; NULL: nowhere */
} rare_options;

/* What was read in one image; rare_free_words frees what it holds. */
typedef struct rare_word {
  char* text;  /* empty where nothing was read; NULL where there is an error */
  char* error; /* why the image could not be read; NULL where it could */
  double score;
  float* char_scores; /* probability of each character */
  size_t num_char_scores;
} rare_word;

/* The options that are taken where none are given. */
RARE_EXPORT rare_options rare_default_options(void);

/* Opens a model, a folder with inference.yml and model.onnx. options may be NULL. Returns NULL where it cannot be used;
   message, of message_size bytes, gets one line that says why. */
RARE_EXPORT rare_recognizer* rare_open(const char* model_dir, const rare_options* options, char* message,
                                       size_t message_size);
RARE_EXPORT void rare_close(rare_recognizer* recognizer);

/* Each reads count images into count words, in order, and returns how many could not be read. */
RARE_EXPORT size_t rare_read_files(const rare_recognizer* recognizer, const char* const* paths, size_t count,
                                   rare_word* words);
/* One image file of size bytes. */
RARE_EXPORT size_t rare_read_encoded(const rare_recognizer* recognizer, const void* data, size_t size, rare_word* word);
/* One image of 8-bit BGR pixels, whose rows stand stride bytes apart. */
RARE_EXPORT size_t rare_read_pixels(const rare_recognizer* recognizer, const unsigned char* bgr, int width, int height,
                                    size_t stride, rare_word* word);

RARE_EXPORT void rare_free_words(rare_word* words, size_t count);

#ifdef __cplusplus
}
#endif

#endif /* RARE_RARE_H_ */
