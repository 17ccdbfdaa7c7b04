package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart refuses, although each value is one that it knows, and what it says then. */
@Slow("Renders the chart for each test.")
class ChartRefusalsTest {

  private static final String HASH = "sha256:" + "0".repeat(64);

  private static final Pattern FAILURE = Pattern.compile("\\bfail \\(?(?:printf )?\"([^\"]*)\"");

  /** Values, and what the message has to say of them: which value, and what to do instead. */
  private static final Map<String, List<String>> REFUSED = new LinkedHashMap<>();

  private static final Map<String, String> MESSAGES = new ConcurrentHashMap<>();

  private static void refused(String values, String... message) {
    REFUSED.put(values, List.of(message));
  }

  static {
    // NBD, or the API, that is reached from outside without encryption.
    for (String type : List.of("NodePort", "LoadBalancer")) {
      refused(
          "service: {type: %s}".formatted(type),
          "service.type " + type,
          "NBD could be reached",
          "tls.existingSecret or tls.generate",
          "tls.allowPlaintext: true accepts that");
      refused(
          "{service: {type: %s}, tls: {generate: true, mode: allow}}".formatted(type),
          "tls.mode require",
          "tls.allowPlaintext");
      refused(
          "{service: {type: %s}, tls: {allowPlaintext: true}}".formatted(type),
          "service.type " + type,
          "api.tls.existingSecret",
          "api.tls.allowPlaintext: true accepts that");
      refused(
          "{service: {type: %s}, tls: {generate: true}, api: {tls: {mode: never}}}".formatted(type),
          "api.tls.mode never",
          "api.tls.allowPlaintext");
    }
    refused(
        "tcpRoute: {enabled: true, parentRefs: [{name: edge}]}",
        "tcpRoute.enabled",
        "tls.allowPlaintext");

    // What nobody could keep count of.
    refused("replicas: 2", "replicas", "cluster.enabled: true");
    refused("{cluster: {enabled: true}, store: {size: 1Gi}}", "store.size", "cluster.enabled");
    refused(
        "{cluster: {enabled: true}, serviceAccount: {create: false}}", "serviceAccount", "name");
    refused("{cluster: {enabled: true}, replicas: 2, advertisedHost: a}", "advertisedHost", "pods");
    refused("cluster: {autoscaled: true}", "cluster.autoscaled", "cluster.enabled: true");

    // Secrets that everybody would see who may look at the StatefulSet.
    String tokens = "tokens.existingSecret";
    refused(
        "config: {sluice: {security: {tokens: abcdef}}}", "config.sluice.security.tokens", tokens);
    refused("config: {sluice: {security: {tokens: ['viewer:%s', abc]}}}".formatted(HASH), tokens);
    refused("config: {sluice: {security: {tokens: '%s,viewer:abc'}}}".formatted(HASH), tokens);
    refused("config: {sluice.security.tokens: abcdef}", "config.sluice.security.tokens", tokens);
    refused("config: {sluice: {security: {'tokens[0]': abcdef}}}", "tokens[0]", tokens);
    refused(
        "env: [{name: SLUICE_SECURITY_TOKENS, value: abc}]", "env.SLUICE_SECURITY_TOKENS", tokens);
    refused("env: [{name: SLUICE_SECURITY_TOKENS_0, value: abc}]", tokens);
    for (String key :
        List.of(
            "client-secret",
            "clientSecret",
            "PASSWORD",
            "key-store-password",
            "private-key-password",
            "api_key",
            "accessKey",
            "Authorization",
            "X-Auth-Token",
            "passphrase",
            "credentials")) {
      refused(
          "config: {spring: {some: {%s: hidden}}}".formatted(key),
          "config.spring.some." + key,
          "expected no secret here",
          "Put it into a Secret",
          "write ${NAME} here");
    }
    refused("config: {a: {password: 12345}}", "config.a.password");
    refused("config: {a: [{b: {password: x}}]}", "config.a.b.password");
    refused("config: {a: {password: '${PW:default}'}}", "config.a.password");
    refused("config: {a: {key: \"-----BEGIN PRIVATE KEY-----\\nMII\"}}", "config.a.key");
    refused("config: {a: {key: \"-----BEGIN RSA PRIVATE KEY-----\\nMII\"}}", "config.a.key");
    refused("config: {a: {url: 'http://user:word@host/'}}", "config.a.url");
    refused("tracing: {endpoint: 'http://user:word@host/'}", "tracing.endpoint");
    refused(
        "env: [{name: AWS_SECRET_ACCESS_KEY, value: x}]",
        "env.AWS_SECRET_ACCESS_KEY",
        "valueFrom.secretKeyRef");
    refused("env: [{name: PROXY, value: 'http://user:word@host/'}]", "env.PROXY");
    refused("env: [{name: DB_PASSWORD, value: x}]", "env.DB_PASSWORD");

    // What the rest of the chart would not know of, however it is written.
    refused("config: {server: {port: 9090}}", "config.server.port", "service.apiPort");
    refused("config: {server.port: 9090}", "service.apiPort");
    refused("env: [{name: SERVER_PORT, value: '9090'}]", "env.SERVER_PORT", "service.apiPort");
    refused("config: {server: {ssl: {bundle: mine}}}", "config.server.ssl.bundle", "api.tls");
    refused("config: {server: {ssl: {client-auth: need}}}", "api.tls");
    refused("config: {server: {ssl: {enabled: false}}}", "api.tls");
    refused("env: [{name: SERVER_SSL_KEYSTORE, value: /a}]", "env.SERVER_SSL_KEYSTORE", "api.tls");
    refused("config: {sluice: {health: {port: 9091}}}", "always 8081");
    refused("config: {sluice: {nbd: {port: 10810}}}", "service.nbdPort");
    refused("config: {sluice: {nbd: {port: 0}}}", "service.nbdPort");
    refused("config: {sluice: {nbd: {port: -1}}}", "service.nbdPort");
    refused("config: {sluice: {nbd: {tls: {mode: 'off'}}}}", "tls.mode instead");
    refused("env: [{name: SLUICE_NBD_TLS_MODE, value: 'off'}]", "tls.mode instead");
    refused("config: {sluice: {nbd: {tls: {bundle: mine}}}}", "tls.existingSecret");
    refused("config: {sluice: {nbd: {tls: {client-auth: none}}}}", "tls.clientAuth instead");
    refused("config: {sluice: {nbd: {tls: {clientAuth: none}}}}", "tls.clientAuth instead");
    refused("config: {sluice: {exports: {drain-linger: 1h}}}", "lingerSeconds");
    refused("config: {sluice: {exports: {drain-linger: 0}}}", "lingerSeconds");
    refused("config: {sluice: {exports: {drain-timeout: 1h}}}", "drainSeconds");
    refused("config: {sluice: {exports: {drainTimeout: 1h}}}", "drainSeconds");
    refused("config: {sluice: {exports: {drain-timeout: 0}}}", "drainSeconds");
    refused("config: {sluice: {kubernetes: {enabled: true}}}", "cluster.enabled instead");
    refused("config: {sluice: {kubernetes: {namespace: other}}}", "the release's namespace");
    refused("env: [{name: SLUICE_KUBERNETES_POD, value: x}]", "each pod has its own name");
    refused("config: {sluice: {kubernetes: {pod-uid: x}}}", "each pod has its own");
    refused("config: {sluice: {kubernetes: {api-url: x}}}", "each pod has its own");
    refused("env: [{name: SLUICE_KUBERNETES_APIBUNDLE, value: x}]", "api.tls.caKey instead");
    refused("config: {sluice: {kubernetes: {nbd-address: x}}}", "each pod has its own");
    refused("config: {sluice: {kubernetes: {node: x}}}", "each pod has its own");
    refused("config: {sluice: {security: {tokens-file: ''}}}", "tokens.existingSecret");
    refused("config: {sluice: {security: {tokens-file: /a}}}", "tokens.existingSecret");
    refused("env: [{name: SPRING_APPLICATION_JSON, value: '{}'}]", "config instead");

    // Certificates that could not do what is asked of them.
    refused("tls: {clientAuth: need}", "tls.clientAuth need", "tls.existingSecret or tls.generate");
    refused("tls: {clientAuth: want}", "tls.clientAuth want");
    refused("api: {tls: {mode: require}}", "api.tls.mode require", "api.tls.existingSecret");
    refused("{tls: {generate: true}, api: {tls: {caKey: root.pem}}}", "api.tls.caKey");
    refused("{tls: {generate: true}, api: {tls: {caKey: ''}}}", "api.tls.caKey");

    // An API that nobody could use.
    refused("tokens: {generate: false}", "tokens: expected existingSecret", "issuer-uri");
  }

  static Stream<String> refused() {
    return REFUSED.keySet().stream();
  }

  private static String message(String values) {
    return MESSAGES.computeIfAbsent(
        values,
        key -> {
          Throwable refusal = catchThrowable(() -> Chart.render(key));
          return refusal == null ? "" : String.valueOf(refusal.getMessage());
        });
  }

  @ParameterizedTest
  @MethodSource
  void refused(String values) {
    assertThat(message(values)).contains(REFUSED.get(values));
  }

  /** A message of a template that no test has seen may say anything. */
  @Test
  void everyRefusalOfATemplateIsAmongThem() throws IOException {
    List<String> formats = formats();
    assertThat(formats).hasSizeGreaterThan(8);
    assertThat(formats)
        .allSatisfy(
            format -> {
              Pattern written =
                  Pattern.compile(Pattern.quote(format).replace("%s", "\\E.*\\Q"), Pattern.DOTALL);
              assertThat(refused().map(ChartRefusalsTest::message))
                  .anyMatch(message -> written.matcher(message).find());
            });
  }

  private static List<String> formats() throws IOException {
    try (Stream<Path> files = Files.walk(Chart.FOLDER.resolve("templates"))) {
      return files
          .filter(Files::isRegularFile)
          .map(ChartRefusalsTest::text)
          .flatMap(text -> FAILURE.matcher(text).results())
          .map(found -> found.group(1))
          .toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{service: {type: LoadBalancer}, tls: {generate: true}}",
        "{service: {type: NodePort}, tls: {existingSecret: mine}}",
        "{service: {type: NodePort}, tls: {allowPlaintext: true}, api: {tls: {allowPlaintext: true}}}",
        "{service: {type: NodePort}, tls: {allowPlaintext: true}, api: {tls: {existingSecret: a}}}",
        "{service: {type: NodePort}, tls: {generate: true, mode: allow, allowPlaintext: true}}",
        "{tcpRoute: {enabled: true, parentRefs: [{name: edge}]}, tls: {generate: true}}",
        "{tcpRoute: {enabled: true, parentRefs: [{name: edge}]}, tls: {allowPlaintext: true}}",
        "tls: {generate: true, mode: allow}",
        "config: {sluice: {security: {tokens: ['SHA']}}}",
        "config: {sluice: {security: {tokens: 'operator:SHA, viewer:SHA'}}}",
        "env: [{name: SLUICE_SECURITY_TOKENS, valueFrom: {secretKeyRef: {name: a, key: b}}}]",
        "env: [{name: SLUICE_SECURITY_TOKENS, value: 'viewer:SHA'}]",
        "config: {spring: {some: {client-secret: '${CLIENT_SECRET}'}}}",
        "config: {spring: {some: {Authorization: 'Bearer ${TOKEN}'}}}",
        "config: {spring: {some: {password: ''}}}",
        "config: {spring: {some: {use-password: true}}}",
        "config: {logging: {level: {org.example.OpaqueToken: debug}}}",
        "config: {spring: {ssl: {bundle: {pem: {x: {keystore: {private-key: /a/tls.key}}}}}}}",
        "config: {management: {url: 'http://host:80/a@b'}}",
        "config: {sluice: {nbd: {tls: {provider: jdk}}}}",
        "env: [{name: HEADER_TOKEN, value: 'Bearer $(TOKEN)'}]",
        "env: [{name: TOKEN_FILE, value: /a}]",
      })
  void whatOnlyLooksSoIsAccepted(String values) {
    assertThat(message(values.replace("SHA", HASH))).isEmpty();
  }
}
