#ifndef RARE_IN_ORDER_H_
#define RARE_IN_ORDER_H_

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace rare {

/// Computes results in threads, and gives them in order in the calling one.
///
/// What `compute` or `give` throws ends the work: it comes out here, when no thread runs any more.
/// @param compute is called by several threads at once, with 0 ... count - 1.
template <class Result>
void in_order(std::size_t count, int num_threads, const std::function<Result(std::size_t)>& compute,
              const std::function<void(Result)>& give) {
  if (num_threads == 1 || count == 1) {
    for (std::size_t index = 0; index < count; ++index) {
      give(compute(index));
    }
    return;
  }
  std::vector<std::promise<Result>> results(count);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t index = next++; index < count; index = next++) {
      try {
        results[index].set_value(compute(index));
      } catch (...) {
        results[index].set_exception(std::current_exception());
      }
    }
  };

  std::vector<std::thread> team;
  const auto finish = [&] {
    next = count;  // nobody begins anything new
    for (std::thread& thread : team) {
      thread.join();
    }
  };
  try {
    for (int index = 0; index < num_threads; ++index) {
      team.emplace_back(work);
    }
    for (std::promise<Result>& result : results) {
      give(result.get_future().get());
    }
  } catch (...) {
    finish();
    throw;
  }
  finish();
}

}  // namespace rare

#endif  // RARE_IN_ORDER_H_
