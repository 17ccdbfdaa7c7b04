package dev.sluice.access.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.util.unit.DataSize;

@Timeout(60)
class ProviderKeysTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final Duration INTERVAL = Duration.ofSeconds(7);
  private static final OpenIdProperties PROPERTIES =
      new OpenIdProperties(TIMEOUT, INTERVAL, Duration.ofMinutes(5), 16, DataSize.ofMegabytes(1));

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // it may well wrap around
  private final AtomicInteger fetches = new AtomicInteger();

  private static JWKSelector key(String id) {
    return new JWKSelector(new JWKMatcher.Builder().keyID(id).build());
  }

  private static JWK named(String id) throws Exception {
    return new OctetSequenceKeyGenerator(128).keyID(id).generate();
  }

  @Test
  void aFailureIsRememberedForAWhile() throws Exception {
    JWKSet set = new JWKSet(named("a"));
    ProviderKeys keys =
        new ProviderKeys(
            PROPERTIES,
            () -> {
              if (fetches.incrementAndGet() == 1) {
                throw new IOException("it is down");
              }
              return set;
            },
            now::get);
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> keys.get(key("a"), null))
          .isInstanceOf(KeySourceException.class)
          .hasMessageContaining("it is down");
    }
    assertThat(fetches).hasValue(1);

    now.addAndGet(INTERVAL.toNanos());
    assertThat(keys.get(key("a"), null)).hasSize(1);
    assertThat(fetches).hasValue(2);
  }

  @Test
  void anUnknownKeyIsFetchedOnceInAWhileAndAKnownOneOnceInALongerOne() throws Exception {
    JWKSet set = new JWKSet(named("a"));
    ProviderKeys keys =
        new ProviderKeys(
            PROPERTIES,
            () -> {
              fetches.incrementAndGet();
              return set;
            },
            now::get);
    for (int i = 0; i < 5; i++) {
      assertThat(keys.get(key("other" + i), null)).isEmpty();
      assertThat(keys.get(key("a"), null)).hasSize(1);
    }
    assertThat(fetches).hasValue(1);

    now.addAndGet(Duration.ofMinutes(4).toNanos());
    assertThat(keys.get(key("a"), null)).hasSize(1);
    assertThat(fetches).hasValue(1);
    assertThat(keys.get(key("b"), null)).isEmpty();
    assertThat(fetches).hasValue(2);
  }
}
