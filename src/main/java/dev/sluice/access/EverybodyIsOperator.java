package dev.sluice.access;

import dev.sluice.access.token.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates everybody as an operator, where no tokens are needed, which is on loopback only.
 * Spring Security's anonymous user would see no details of health, whatever its role.
 */
final class EverybodyIsOperator extends OncePerRequestFilter {

  private static final Authentication EVERYBODY =
      new PreAuthenticatedAuthenticationToken(
          "everybody", "", List.of(new SimpleGrantedAuthority(Role.OPERATOR.authority())));

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    SecurityContextHolder.setContext(new SecurityContextImpl(EVERYBODY));
    chain.doFilter(request, response);
  }
}
