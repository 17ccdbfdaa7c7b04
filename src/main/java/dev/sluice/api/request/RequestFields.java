package dev.sluice.api.request;

import dev.sluice.export.ExportRules.Complaint;
import java.util.List;

/**
 * Objects in the body of a request, as records that Jackson binds, with a component for each field.
 * A component that is neither nullable nor primitive is a required field. A null means the same as
 * a missing field.
 */
public sealed interface RequestFields
    permits ExportRequest, ExportRequest.Clients, ChangeRequest, ConfirmRequest, FinishRequest {

  /** Returns what is wrong with fields that are valid by themselves. */
  default List<Complaint> complaints() {
    return List.of();
  }
}
