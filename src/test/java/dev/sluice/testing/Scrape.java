package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Prometheus gets of a service at one moment. */
public record Scrape(List<Series> series) {

  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"([^\"]*)\",?");

  /** One line: a name, labels and the value. */
  public record Series(String name, Map<String, String> labels, double value) {

    private boolean has(String... keysAndValues) {
      for (int i = 0; i < keysAndValues.length; i += 2) {
        if (!keysAndValues[i + 1].equals(labels.get(keysAndValues[i]))) {
          return false;
        }
      }
      return true;
    }
  }

  /** Scrapes the service whose actuator is at a port, and asks for no token. */
  public static Scrape of(int port) {
    return of(port, "");
  }

  /** Scrapes the service whose actuator is at a port, with a bearer token. */
  public static Scrape of(int port, String token) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
            .header("Authorization", "Bearer " + token)
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      return parse(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Scrape parse(String text) {
    List<Series> series = new ArrayList<>();
    text.lines().filter(line -> !line.startsWith("#")).forEach(line -> series.add(series(line)));
    return new Scrape(series);
  }

  private static Series series(String line) {
    Matcher parts = LINE.matcher(line);
    assertThat(parts.matches()).as(line).isTrue();
    Map<String, String> labels = new TreeMap<>();
    if (parts.group(2) != null) {
      LABEL.matcher(parts.group(2)).results().forEach(l -> labels.put(l.group(1), l.group(2)));
    }
    return new Series(parts.group(1), labels, Double.parseDouble(parts.group(3)));
  }

  /** The names of all series. */
  public Set<String> names() {
    return series.stream().map(Series::name).collect(Collectors.toSet());
  }

  /** The sum of all series of a name that have these labels; there has to be one at least. */
  public double sum(String name, String... keysAndValues) {
    List<Series> found =
        series.stream().filter(one -> one.name().equals(name) && one.has(keysAndValues)).toList();
    assertThat(found).as(name + " " + List.of(keysAndValues)).isNotEmpty();
    return found.stream().mapToDouble(Series::value).sum();
  }
}
