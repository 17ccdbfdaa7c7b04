package dev.sluice.configuration;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What an exception and its causes say, in one line. */
public final class Reasons {

  private static final int MOST = 50;

  private Reasons() {}

  /**
   * All that is not repeated by another: the message of a cause is often within that of its effect.
   */
  public static String of(Throwable failure) {
    List<String> all =
        Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
            .limit(MOST)
            .map(
                cause -> Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getName()))
            .map(message -> message.lines().map(String::strip).collect(Collectors.joining(" ")))
            .distinct()
            .toList();
    return IntStream.range(0, all.size())
        .filter(i -> all.subList(0, i).stream().noneMatch(said -> said.contains(all.get(i))))
        .mapToObj(all::get)
        .collect(Collectors.joining(": "));
  }
}
