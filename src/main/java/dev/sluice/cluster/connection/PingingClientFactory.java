package dev.sluice.cluster.connection;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes fabric8 use a client whose watches notice when their connection is lost. */
final class PingingClientFactory extends JdkHttpClientFactory {

  private final Duration silence;

  /**
   * Makes such clients.
   *
   * @param silence how long a watch may give no sign of life
   */
  PingingClientFactory(Duration silence) {
    this.silence = silence;
  }

  /** Uses a proxy, because only {@code build} of the many methods has to change. */
  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    HttpClient.Builder builder = super.createNewHttpClientBuilder();
    return (HttpClient.Builder)
        Proxy.newProxyInstance(
            HttpClient.Builder.class.getClassLoader(),
            new Class<?>[] {HttpClient.Builder.class},
            (proxy, method, arguments) -> {
              @Nullable Object result;
              try {
                result = method.invoke(builder, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
              if (result instanceof HttpClient client) {
                return new PingingClient(client, silence);
              }
              return result instanceof HttpClient.Builder ? proxy : result;
            });
  }
}
