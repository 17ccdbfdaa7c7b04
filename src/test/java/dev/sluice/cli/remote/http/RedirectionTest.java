package dev.sluice.cli.remote.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where somebody may be sent who asks for the data of a stream. */
class RedirectionTest {

  private static final String DATA = "/exports/save/data";

  /** What came of a request. */
  private record Response(URI uri, int statusCode, HttpHeaders headers)
      implements HttpResponse<Void> {

    @Override
    public HttpRequest request() {
      return HttpRequest.newBuilder(uri).build();
    }

    @Override
    public Optional<HttpResponse<Void>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Void body() {
      return null;
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  private static Optional<URI> target(String asked, int status, String location) {
    HttpHeaders headers =
        HttpHeaders.of(Map.of("Location", List.of(location)), (_, value) -> !value.isEmpty());
    return Redirection.of(new Response(URI.create(asked + DATA), status, headers));
  }

  @ParameterizedTest
  @CsvSource({
    "http://one:8080, http://two:8080/exports/save/data",
    "http://one:8080, https://two/exports/save/data",
    "https://one, https://two:8443/exports/save/data?confirm=true"
  })
  void goesToAnotherPod(String asked, String location) {
    assertThat(target(asked, 307, location)).contains(URI.create(location));
  }

  @Test
  void aPathIsOneOfTheSameServer() {
    assertThat(target("https://one:1", 307, "/prefix/exports/save/data"))
        .contains(URI.create("https://one:1/prefix/exports/save/data"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 301, 302, 303, 308, 401, 503})
  void onlyOneStatusSaysThatThePodIsAnotherOne(int status) {
    assertThat(target("http://one", status, "http://two")).isEmpty();
  }

  @Test
  void whoeverNamesNoPlaceIsNotFollowed() {
    assertThat(target("http://one", 307, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://one, http://two/exports/save/data, is not encrypted",
    "https://one, HTTP://one/exports/save/data, is not encrypted",
    "http://one, file:///etc/passwd, no address by http",
    "http://one, ftp://two/disk, no address by http",
    "http://one, https:two, no address by http",
    "http://one, http://us er@two/, is no address",
    "http://one, http://one@two/, 'has a name, a password'",
    "http://one, http://two/#data, a fragment"
  })
  void nobodyIsSentToAWorsePlace(String asked, String location, String words) {
    assertThatThrownBy(() -> target(asked, 307, location))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.isPassing()).isFalse())
        .hasMessageContaining(location)
        .hasMessageContaining(words)
        .hasMessageEndingWith("nothing is sent there");
  }

  @ParameterizedTest
  @CsvSource({
    "http://one, http://one:80/path, true",
    "https://One:443, HTTPS://one/path, true",
    "http://one, https://one, false",
    "http://one:8080, http://one:8081, false",
    "http://one, http://one.example.org, false"
  })
  void theSameServerHasTheSameSchemeHostAndPort(String one, String other, boolean same) {
    assertThat(Redirection.isSameServer(URI.create(one), URI.create(other))).isEqualTo(same);
  }
}
