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
 * How the API server is reached by somebody who is in no pod: the current context of a file for
 * kubectl, with a token or a certificate. The client's own reader of such files needs a second
 * library for YAML, with which Spring MVC would speak YAML as well.
 */
public final class KubeConfig {

  private static final Pattern SERVER = Pattern.compile("https?://[^/\\s]+(/\\S*)?");

  private static final String CHOOSE =
      "Choose a context of the file with `kubectl config use-context`.";
  private static final String LOOK =
      "`kubectl config view` shows what is in such a file. Or name no file, which is right in a pod.";
  private static final String LOG_IN =
      "Give this user a client certificate with its key, a token, or a tokenFile, such as those of a ServiceAccount.";

  private final KubeConfigFile file;
  private final Config config;

  private KubeConfig(KubeConfigFile file, Config config) {
    this.file = file;
    this.config = config;
  }

  /**
   * Finds out what is wrong with the file of this name, if there is one.
   *
   * @throws UnusableConfigurationException when it cannot be used
   */
  public static void check(@Nullable String name) {
    if (name != null) {
      read(name);
    }
  }

  /**
   * Reads one.
   *
   * @throws UnusableConfigurationException when there is none, or it needs what is not known here
   */
  public static ConfigBuilder read(String name) {
    try {
      KubeConfigFile file = new KubeConfigFile(Path.of(name));
      return new KubeConfig(file, parse(file)).builder();
    } catch (InvalidPathException e) {
      throw KubeConfigFile.refusal(name, "it is no path", LOOK);
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
    } catch (RuntimeException e) { // says what it has read, which may be a token
      config = null;
    }
    if (config == null || !"Config".equals(config.getKind())) {
      throw file.refuse("it is no YAML of the kind Config, which kubectl reads", LOOK);
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

  /** Sets where the API server is, and whose word counts for that. */
  private void reach(ConfigBuilder builder, String what, Cluster cluster) {
    file.refuseIfSet(what, "proxy-url", cluster.getProxyUrl(), LOOK);
    file.refuseIfSet(what, "tls-server-name", cluster.getTlsServerName(), LOOK);
    String server = cluster.getServer();
    if (server == null || !SERVER.matcher(server).matches()) {
      throw file.refuse(
          "the server of its %s is \"%s\", expected https://HOST:PORT".formatted(what, server),
          LOOK);
    }
    boolean trustsAnybody = Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify());
    KubeConfigFile.Pem authority =
        file.pem(
            what,
            "certificate-authority",
            cluster.getCertificateAuthorityData(),
            cluster.getCertificateAuthority());
    if (trustsAnybody && authority.isSet()) {
      throw file.refuse(
          "its %s has a certificate-authority, and insecure-skip-tls-verify, which makes nothing of it"
              .formatted(what),
          "Remove one of them.");
    }
    builder
        .withMasterUrl(server)
        .withTrustCerts(trustsAnybody)
        .withCaCertData(authority.data())
        .withCaCertFile(authority.path());
  }

  /** Sets who this service is. */
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
      throw file.refuse("its %s has nothing to log in with".formatted(what), LOG_IN);
    }
    builder
        .withClientCertData(certificate.data())
        .withClientCertFile(certificate.path())
        .withClientKeyData(key.data())
        .withClientKeyFile(key.path());
    if (hasFile) { // counts more than a token, as for kubectl
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
            "client-key of its %s cannot be used, expected a key of RSA, or of EC as `openssl ec` writes it"
                .formatted(what),
            LOG_IN);
      }
    }
  }
}
