package dev.sluice.cluster;

import dev.sluice.configuration.UnusableConfigurationException;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How the API server is reached by somebody who is in no pod: the current context of a file for
 * kubectl, with a token or a certificate. The client's own reader of such files needs a second
 * library for YAML, with which Spring MVC would speak YAML as well.
 */
final class KubeConfig {

  private KubeConfig() {}

  /**
   * Reads one.
   *
   * @throws UnusableConfigurationException when there is none, or it needs what is not known here
   */
  static ConfigBuilder read(Path file) {
    try {
      Config config = new KubernetesSerialization().unmarshal(Files.readString(file), Config.class);
      Context context =
          one(
              config.getContexts(),
              named -> named.getName().equals(config.getCurrentContext()),
              NamedContext::getContext,
              "current-context");
      Cluster cluster =
          one(
              config.getClusters(),
              named -> named.getName().equals(context.getCluster()),
              NamedCluster::getCluster,
              "cluster");
      AuthInfo user =
          one(
              config.getUsers(),
              named -> named.getName().equals(context.getUser()),
              NamedAuthInfo::getUser,
              "user");
      return builder(file, cluster, user);
    } catch (IOException | RuntimeException e) {
      throw new UnusableConfigurationException(
          "sluice.kubernetes.kubeconfig: %s is no file that kubectl could use: %s"
              .formatted(file, e),
          "Name a file with a current context whose user has a token or a certificate, or no file, which is right in a pod.");
    }
  }

  private static <N, T> T one(List<N> all, Predicate<N> isIt, Function<N, T> content, String what) {
    return all.stream()
        .filter(isIt)
        .findFirst()
        .map(content)
        .orElseThrow(() -> new IllegalArgumentException("it has no " + what));
  }

  private static ConfigBuilder builder(Path file, Cluster cluster, AuthInfo user) {
    if (user.getExec() != null || user.getAuthProvider() != null) {
      throw new IllegalArgumentException("its user needs another program to log in");
    }
    boolean trustsAnybody = Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify());
    return new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
        .withMasterUrl(cluster.getServer())
        .withTrustCerts(trustsAnybody)
        .withCaCertData(cluster.getCertificateAuthorityData())
        .withCaCertFile(beside(file, cluster.getCertificateAuthority()))
        .withClientCertData(user.getClientCertificateData())
        .withClientCertFile(beside(file, user.getClientCertificate()))
        .withClientKeyData(user.getClientKeyData())
        .withClientKeyFile(beside(file, user.getClientKey()))
        .withOauthToken(user.getToken());
  }

  /** A path in the file is relative to the file. */
  private static @Nullable String beside(Path file, @Nullable String path) {
    return path == null || path.isEmpty() ? null : file.resolveSibling(path).toString();
  }
}
