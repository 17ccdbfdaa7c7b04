package dev.sluice.access;

import dev.sluice.access.token.Role;
import dev.sluice.access.token.Tokens;
import dev.sluice.api.data.Tickets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.AbstractOAuth2TokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.session.DisableEncodeUrlFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.FormContentFilter;

/**
 * The filters before the REST API and the actuator. The root and health are open; for the rest
 * {@link Permissions} says who may do it. Where there is no authentication, which is on loopback
 * only, everybody is an operator.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
@ComponentScan
public class AccessConfiguration {

  @Bean
  SecurityFilterChain access(
      HttpSecurity http,
      AccessProperties properties,
      BearerAuthentication authentication,
      LoginThrottle throttle,
      Permissions permissions,
      OpenRequests open,
      Tickets tickets,
      AccessProblems problems) {
    RequestMatcher scraping = request -> permissions.roleFor(request) == Role.METRICS;
    RequestMatcher looking = request -> permissions.roleFor(request) == Role.VIEWER;
    http.csrf(AbstractHttpConfigurer::disable) // no browser sends a bearer token by itself
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(
                        policy ->
                            policy.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
                    .addHeaderWriter(new ClosesForStrangers(open.all())))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(problems).accessDeniedHandler(problems))
        .authorizeHttpRequests(
            requests ->
                requests
                    // What is asynchronous was permitted when it was asked for.
                    .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(open.all())
                    .permitAll()
                    .requestMatchers(scraping)
                    .hasRole(Role.METRICS.word())
                    .requestMatchers(looking)
                    .hasRole(Role.VIEWER.word())
                    .anyRequest()
                    .hasRole(Role.OPERATOR.word()))
        .addFilterBefore(new UnexpectedBodies(problems), DisableEncodeUrlFilter.class)
        .addFilterAfter(
            new RequestLimit(properties.maxRequests(), open.always(), problems),
            AuthorizationFilter.class);
    TicketLogin ticketLogin = new TicketLogin(tickets, problems);
    if (authentication.isRequired()) {
      http.addFilterAt(bearer(authentication.manager(), problems), BasicAuthenticationFilter.class)
          .addFilterBefore(
              new LoginGuard(throttle, problems), BearerTokenAuthenticationFilter.class)
          .addFilterBefore(ticketLogin, AnonymousAuthenticationFilter.class);
    } else {
      http.addFilterBefore(new ForeignPages(problems), AnonymousAuthenticationFilter.class)
          .addFilterBefore(new EverybodyIsOperator(), AnonymousAuthenticationFilter.class)
          .addFilterBefore(ticketLogin, AnonymousAuthenticationFilter.class);
    }
    return http.build();
  }

  /**
   * Whoever needs no token gets one answer for each connection, as {@link AccessProblems} does it:
   * many requests sent ahead, and answers that nobody reads, would hold a thread.
   */
  private record ClosesForStrangers(RequestMatcher open) implements HeaderWriter {
    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
      boolean stranger =
          !(SecurityContextHolder.getContext().getAuthentication()
              instanceof AbstractOAuth2TokenAuthenticationToken<?>);
      if (stranger && open.matches(request)) {
        response.setHeader(HttpHeaders.CONNECTION, "close");
      }
    }
  }

  private static BearerTokenAuthenticationFilter bearer(
      AuthenticationManager manager, AccessProblems problems) {
    BearerTokenAuthenticationFilter filter = new BearerTokenAuthenticationFilter(manager);
    filter.setAuthenticationEntryPoint(problems);
    AuthenticationEntryPointFailureHandler failures =
        new AuthenticationEntryPointFailureHandler(problems);
    failures.setRethrowAuthenticationServiceException(false);
    filter.setAuthenticationFailureHandler(failures);
    return filter;
  }

  /**
   * Nobody looks at the time that each filter takes, and measuring it costs more than the filter.
   */
  @Bean
  SecurityObservationSettings unobservedFilters() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  FormContentFilter forms() {
    return new NoForms();
  }

  @Bean
  Tokens tokens(AccessProperties properties) {
    return new Tokens(properties.tokens(), properties.tokensFile());
  }

  @Bean
  LoginThrottle loginThrottle(AccessProperties properties) {
    return new LoginThrottle(
        properties.maxFailedLogins(), properties.failedLoginWindow(), System::nanoTime);
  }

  /** Whoever may do everything may look, too, and who may look may scrape. */
  @Bean
  RoleHierarchy roles() {
    return RoleHierarchyImpl.fromHierarchy(
        "%s > %s > %s"
            .formatted(
                Role.OPERATOR.authority(), Role.VIEWER.authority(), Role.METRICS.authority()));
  }

  /**
   * Leaves methods to the controllers, which say what they expect. Without authentication, a name
   * of this machine has to be asked for: a page in a browser of this machine could have its own
   * name lead here, and would be let in.
   */
  @Bean
  HttpFirewall firewall(BearerAuthentication authentication) {
    StrictHttpFirewall firewall = new StrictHttpFirewall();
    firewall.setUnsafeAllowAnyHttpMethod(true);
    if (!authentication.isRequired()) {
      firewall.setAllowedHostnames(LoopbackUnlessProtected::isLoopbackName);
    }
    return firewall;
  }
}
