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
 * Configures the filters in front of the REST API and the actuator. The root and health are public;
 * {@link Permissions} has the role that any other request needs. Without authentication, which is
 * possible on loopback only, everybody is an operator.
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
                    // Async dispatches belong to requests that were authorized already.
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
   * Closes the connection after a response to a client without a token, as {@link AccessProblems}
   * does. Otherwise pipelined requests, and responses that the client does not read, would hold a
   * thread.
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
   * Turns off the timing of each filter, which nobody looks at and which costs more than the
   * filter.
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

  /** An operator may do what a viewer may, and a viewer what a scraper may. */
  @Bean
  RoleHierarchy roles() {
    return RoleHierarchyImpl.fromHierarchy(
        "%s > %s > %s"
            .formatted(
                Role.OPERATOR.authority(), Role.VIEWER.authority(), Role.METRICS.authority()));
  }

  /**
   * Permits all methods, so that the controllers respond to wrong ones. Without authentication, the
   * request's host must be a name of this machine: otherwise a web page in a local browser could
   * make its own domain resolve to this machine (DNS rebinding), and would get in.
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
