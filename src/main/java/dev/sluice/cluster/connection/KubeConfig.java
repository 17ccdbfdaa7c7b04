package dev.sluice.cluster.connection;

import dev.sluice.configuration.UnusableConfigurationException;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the current context of a kubeconfig, for a service that does not run in a pod. It supports
 * tokens and client certificates. The Kubernetes client's own reader is not used: it needs a second
 * YAML library, and with that Spring MVC would accept and send YAML.
 */
public final class KubeConfig {

  private static final Pattern SERVER = Pattern.compile("https?://[^/\\s]+(/\\S*)?");

  private static final String CHOOSE =
      "Choose a context of the file with `kubectl config use-context`.";
  private static final String LOOK =
      "`kubectl config view` shows what such a file contains. In a pod, do not set this key.";
  private static final String LOG_IN =
      "Give this user a client certificate with its key, a token, or a tokenFile, such as those of a ServiceAccount.";

  private final KubeConfigFile file;
  private final Config config;

  private KubeConfig(KubeConfigFile file, Config config) {
    this.file = file;
    this.config = config;
  }

  /**
   * Checks a kubeconfig.
   *
   * @param name the path of the file; null for none, which is valid
   * @throws UnusableConfigurationException if it cannot be used
   */
  public static void check(@Nullable String name) {
    if (name != null) {
      read(name);
    }
  }

  /**
   * Reads a kubeconfig.
   *
   * @throws UnusableConfigurationException if there is no such file, or it cannot be used
   */
  public static ConfigBuilder read(String name) {
    try {
      KubeConfigFile file = new KubeConfigFile(Path.of(name));
      return new KubeConfig(file, parse(file)).builder();
    } catch (InvalidPathException e) {
      throw KubeConfigFile.refusal(name, "it is not a path", LOOK);
    }
  }

  private static Config parse(KubeConfigFile file) {
    String text;
    try {
      text = Files.readString(file.path());
    } catch (IOException e) {
      throw file.refuse(KubeConfigFile.why(e), "Name a file that this user may read.");
    }
    Config config;
    try {
      config = new KubernetesSerialization().unmarshal(text, Config.class);
    } catch (RuntimeException e) { // its message may contain a token from the file
      config = null;
    }
    if (config == null || !"Config".equals(config.getKind())) {
      throw file.refuse("it is not a kubeconfig (YAML of the kind Config)", LOOK);
    }
    return config;
  }

  private ConfigBuilder builder() {
    String current = config.getCurrentContext();
    Context context =
        one(
            "context",
            "current-context",
            current,
            config.getContexts(),
            NamedContext::getName,
            NamedContext::getContext);
    Cluster cluster =
        one(
            "cluster",
            "the cluster of its context " + current,
            context.getCluster(),
            config.getClusters(),
            NamedCluster::getName,
            NamedCluster::getCluster);
    AuthInfo user =
        one(
            "user",
            "the user of its context " + current,
            context.getUser(),
            config.getUsers(),
            NamedAuthInfo::getName,
            NamedAuthInfo::getUser);
    ConfigBuilder builder = new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty());
    reach(builder, "cluster " + context.getCluster(), cluster);
    logIn(builder, "user " + context.getUser(), user);
    return builder;
  }

  private <N, T> T one(
      String kind,
      String where,
      @Nullable String wanted,
      @Nullable List<N> all,
      Function<N, String> name,
      Function<N, T> content) {
    if (!KubeConfigFile.isSet(wanted)) {
      throw file.refuse(where + " is not set", CHOOSE);
    }
    List<String> names = new ArrayList<>();
    for (N one : all == null ? List.<N>of() : all) {
      T found = content.apply(one);
      if (Objects.equals(name.apply(one), wanted) && found != null) {
        return found;
      }
      names.add(name.apply(one));
    }
    throw file.refuse(
        "%s is \"%s\", and it has no %s of that name, but %s".formatted(where, wanted, kind, names),
        CHOOSE);
  }

  /** Sets the API server, and the authorities that are trusted for its certificate. */
  private void reach(ConfigBuilder builder, String what, Cluster cluster) {
    file.refuseIfSet(what, "proxy-url", cluster.getProxyUrl(), LOOK);
    file.refuseIfSet(what, "tls-server-name", cluster.getTlsServerName(), LOOK);
    String server = cluster.getServer();
    if (server == null || !SERVER.matcher(server).matches()) {
      throw file.refuse(
          "the server of its %s is \"%s\", expected https://HOST:PORT".formatted(what, server),
          LOOK);
    }
    boolean insecure = Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify());
    KubeConfigFile.Pem authority =
        file.pem(
            what,
            "certificate-authority",
            cluster.getCertificateAuthorityData(),
            cluster.getCertificateAuthority());
    if (insecure && authority.isSet()) {
      throw file.refuse(
          "its %s has a certificate-authority, and insecure-skip-tls-verify, which disables it"
              .formatted(what),
          "Remove one of them.");
    }
    builder
        .withMasterUrl(server)
        .withTrustCerts(insecure)
        .withCaCertData(authority.data())
        .withCaCertFile(authority.path());
  }

  /** Sets the credentials of this service. */
  private void logIn(ConfigBuilder builder, String what, AuthInfo user) {
    file.refuseIfSet(what, "exec", user.getExec(), LOG_IN);
    file.refuseIfSet(what, "auth-provider", user.getAuthProvider(), LOG_IN);
    file.refuseIfSet(what, "username", user.getUsername(), LOG_IN);
    file.refuseIfSet(what, "password", user.getPassword(), LOG_IN);
    file.refuseIfSet(what, "as", user.getAs(), LOG_IN);
    KubeConfigFile.Pem certificate =
        file.pem(
            what,
            "client-certificate",
            user.getClientCertificateData(),
            user.getClientCertificate());
    KubeConfigFile.Pem key =
        file.pem(what, "client-key", user.getClientKeyData(), user.getClientKey());
    if (certificate.isSet() != key.isSet()) {
      throw file.refuse(
          "its %s has one of client-certificate and client-key, expected both".formatted(what),
          LOG_IN);
    }
    boolean hasFile = KubeConfigFile.isSet(user.getTokenFile());
    if (!certificate.isSet() && !hasFile && !KubeConfigFile.isSet(user.getToken())) {
      throw file.refuse("its %s has no credentials".formatted(what), LOG_IN);
    }
    builder
        .withClientCertData(certificate.data())
        .withClientCertFile(certificate.path())
        .withClientKeyData(key.data())
        .withClientKeyFile(key.path());
    if (hasFile) { // takes precedence over a token, as in kubectl
      builder.withOauthTokenProvider(file.tokens(what, user.getTokenFile()));
    } else {
      builder.withOauthToken(user.getToken());
    }
    if (key.isSet()) {
      builder.withClientKeyAlgo(key.algorithm());
      try {
        SSLUtils.keyManagers(builder.build());
      } catch (GeneralSecurityException | IOException | RuntimeException e) {
        throw file.refuse(
            "client-key of its %s cannot be used, expected an RSA key, or an EC key as `openssl ec` writes it"
                .formatted(what),
            LOG_IN);
      }
    }
  }
}
