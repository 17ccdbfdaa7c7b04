package dev.sluice.access;

import dev.sluice.access.token.Role;
import dev.sluice.api.RequestRights;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Lets only operators see names: an export without client rules can be used by anybody who knows
 * its name.
 */
@Component
final class CallerRights implements RequestRights {

  @Override
  public boolean seesNames() {
    return has(Role.OPERATOR);
  }

  @Override
  public @Nullable String role() {
    return Stream.of(Role.OPERATOR, Role.VIEWER, Role.METRICS)
        .filter(CallerRights::has)
        .findFirst()
        .map(Role::word)
        .orElse(null);
  }

  private static boolean has(Role role) {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return caller != null
        && caller.getAuthorities().stream()
            .anyMatch(authority -> role.authority().equals(authority.getAuthority()));
  }

  @Override
  public String caller() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return caller == null ? RequestRights.super.caller() : caller.getName();
  }
}
