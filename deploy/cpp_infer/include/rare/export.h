#ifndef RARE_EXPORT_H_
#define RARE_EXPORT_H_

/* What the shared library shows; all else in it is hidden. */
#if defined(__GNUC__)
#define RARE_EXPORT __attribute__((visibility("default")))
#else
#define RARE_EXPORT
#endif

#endif /* RARE_EXPORT_H_ */
