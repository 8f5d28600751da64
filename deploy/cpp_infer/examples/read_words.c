/* Reads words with the C interface: read_words MODEL_DIR IMAGE ... */

#include <rare/rare.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: read_words MODEL_DIR IMAGE ...\n");
    return 2;
  }
  char message[500];
  rare_recognizer* recognizer = rare_open(argv[1], NULL, message, sizeof message);
  if (recognizer == NULL) {
    fprintf(stderr, "error: %s\n", message);
    return 1;
  }
  const size_t count = (size_t)argc - 2;
  rare_word* words = calloc(count, sizeof *words);
  if (words == NULL) {
    rare_close(recognizer);
    return 1;
  }
  const size_t num_failed = rare_read_files(recognizer, (const char* const*)argv + 2, count, words);
  for (size_t index = 0; index < count; ++index) {
    if (words[index].error != NULL) {
      printf("%s\terror: %s\n", argv[index + 2], words[index].error);
    } else {
      printf("%s\t%s\t%.4f\n", argv[index + 2], words[index].text, words[index].score);
    }
  }
  rare_free_words(words, count);
  free(words);
  rare_close(recognizer);
  return num_failed > 0;
}
