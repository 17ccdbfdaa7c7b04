package dev.sluice.access;

import dev.sluice.access.http.TicketValve;
import dev.sluice.access.token.Role;
import dev.sluice.api.data.Tickets;
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
 * Grants the holder of an export's ticket the rights of an operator for this request, which must be
 * for the data of the export. A wrong ticket counts as a wrong token.
 */
final class TicketLogin extends OncePerRequestFilter {

  private static final Authentication HOLDER =
      new PreAuthenticatedAuthenticationToken(
          "ticket", "", List.of(new SimpleGrantedAuthority(Role.OPERATOR.authority())));

  private final Tickets tickets;
  private final AccessProblems problems;

  TicketLogin(Tickets tickets, AccessProblems problems) {
    this.tickets = tickets;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String ticket = TicketValve.of(request);
    if (ticket != null) {
      if (!opens(ticket, request)) {
        problems.refuseTicket(request, response);
        return;
      }
      SecurityContextHolder.setContext(new SecurityContextImpl(HOLDER));
    }
    chain.doFilter(request, response);
  }

  private boolean opens(String ticket, HttpServletRequest request) {
    return Permissions.exportOfData(request).filter(name -> tickets.open(name, ticket)).isPresent();
  }
}
