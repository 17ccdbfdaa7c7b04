package dev.sluice.configuration;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Describes an exception and its causes in one line. */
public final class Reasons {

  private static final int MAX_CAUSES = 50;

  private Reasons() {}

  /**
   * Joins the messages, without those that another contains: an exception's message often includes
   * that of its cause.
   */
  public static String of(Throwable failure) {
    List<String> all =
        Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
            .limit(MAX_CAUSES)
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
