#include <doctest/doctest.h>

#include <stdexcept>

#include "in_order.h"

namespace rare {

TEST_CASE("results come in order, however many threads there are") {
  for (const int threads : {1, 2, 5}) {
    for (const std::size_t count : {0U, 1U, 2U, 100U}) {
      std::vector<std::size_t> given;
      in_order<std::size_t>(
          count, threads, [](std::size_t index) { return index * index; },
          [&](std::size_t result) { given.push_back(result); });
      REQUIRE(given.size() == count);
      for (std::size_t index = 0; index < count; ++index) {
        CHECK(given[index] == index * index);
      }
    }
  }
}

TEST_CASE("what is thrown on either side comes out, and ends the work") {
  std::atomic<int> num_computed = 0;
  const auto compute = [&](std::size_t index) {
    if (index == 3) {
      throw std::runtime_error("compute");
    }
    ++num_computed;
    return index;
  };
  for (const int threads : {1, 3}) {
    CHECK_THROWS_WITH(in_order<std::size_t>(1000, threads, compute, [](std::size_t) {}), "compute");
    num_computed = 0;
    CHECK_THROWS_WITH(in_order<std::size_t>(
                          1000000, threads, [&](std::size_t index) { return num_computed++, index; },
                          [](std::size_t) { throw std::runtime_error("give"); }),
                      "give");
    CHECK(num_computed < 1000000);
  }
}

}  // namespace rare
