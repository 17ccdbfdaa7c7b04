package dev.sluice.stream.bytes;

/** The seeds that {@link StreamModelTest} leaves for when there are minutes. */
class StreamModelIT extends StreamModelTest {

  @Override
  Seeds.Range seeds() {
    return Seeds.Range.rest();
  }
}
