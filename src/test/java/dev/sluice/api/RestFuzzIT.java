package dev.sluice.api;

/** As {@link RestFuzzTest}, with more requests. */
class RestFuzzIT extends RestFuzzTest {

  @Override
  int requests() {
    return 3_000;
  }
}
