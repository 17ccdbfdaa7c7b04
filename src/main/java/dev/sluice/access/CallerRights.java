package dev.sluice.access;

import dev.sluice.access.token.Role;
import dev.sluice.api.RequestRights;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** Lets operators alone see the names of exports that everybody can use who knows them. */
@Component
final class CallerRights implements RequestRights {

  @Override
  public boolean seesNames() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return caller != null
        && caller.getAuthorities().stream()
            .anyMatch(authority -> Role.OPERATOR.authority().equals(authority.getAuthority()));
  }

  @Override
  public String caller() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return caller == null ? RequestRights.super.caller() : caller.getName();
  }
}
