package dev.sluice.access.openid;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Checks JWTs of an OpenID provider, if one is configured by Spring Boot's keys. Spring Boot's own
 * decoder could ask the provider for every token, without a limit of time or rate.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OpenIdProperties.class)
public class OpenIdConfiguration {

  private static final Logger log = LoggerFactory.getLogger(OpenIdConfiguration.class);

  private static final String KEYS = "spring.security.oauth2.resourceserver.jwt.";

  @Bean
  @ConditionalOnExpression("!'${" + KEYS + "issuer-uri:}${" + KEYS + "jwk-set-uri:}'.isBlank()")
  JwtDecoder jwtDecoder(
      OAuth2ResourceServerProperties properties,
      OpenIdProperties limits,
      OAuth2TokenValidator<Jwt> expires) {
    OAuth2ResourceServerProperties.Jwt jwt = properties.getJwt();
    String issuer = Objects.requireNonNullElse(jwt.getIssuerUri(), "");
    URI keySet = jwt.getJwkSetUri() == null ? null : URI.create(jwt.getJwkSetUri());
    ProviderKeys keys =
        new ProviderKeys(limits, new ProviderClient(issuer, keySet, limits), System::nanoTime);
    DefaultJWTProcessor<com.nimbusds.jose.proc.SecurityContext> processor =
        new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier((type, context) -> {}); // done by the validator below
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(JWSAlgorithm.Family.SIGNATURE, keys));
    processor.setJWTClaimsSetVerifier((claims, context) -> {}); // as well
    NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(validator(issuer, jwt.getAudiences(), expires));
    return decoder;
  }

  /**
   * Requires an expiry, because a token without one could never be revoked. Spring Boot's own
   * decoders use this bean too.
   */
  @Bean
  OAuth2TokenValidator<Jwt> expires() {
    return new JwtClaimValidator<Instant>(JwtClaimNames.EXP, Objects::nonNull);
  }

  /**
   * Warns of tokens that are accepted although they may be meant for others, because no key
   * restricts them.
   */
  public static void warnOfOthers(OAuth2ResourceServerProperties.Jwt jwt) {
    if (jwt.getAudiences().isEmpty()) {
      log.warn(
          "Every token of the OpenID provider is good for this service, those for others, too:"
              + " {}audiences is not set",
          KEYS);
    }
    if (jwt.getIssuerUri() == null && jwt.getJwkSetUri() != null) {
      log.warn(
          "Tokens of every issuer are good for this service whose keys are at {}: {}issuer-uri is"
              + " not set",
          jwt.getJwkSetUri(),
          KEYS);
    }
  }

  private static OAuth2TokenValidator<Jwt> validator(
      String issuer, List<String> audiences, OAuth2TokenValidator<Jwt> expires) {
    List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
    validators.add(expires);
    if (!issuer.isEmpty()) {
      validators.add(new JwtIssuerValidator(issuer));
    }
    if (!audiences.isEmpty()) {
      validators.add(
          new JwtClaimValidator<Collection<String>>(
              JwtClaimNames.AUD,
              named -> named != null && named.stream().anyMatch(audiences::contains)));
    }
    return JwtValidators.createDefaultWithValidators(validators);
  }
}
