package dev.sluice.api.request;

import dev.sluice.export.ExportRules.Complaint;
import java.util.List;

/**
 * The objects that a body can have, as records that Jackson binds: one component for each field. A
 * component that may not be null is a field that has to be there, unless its type is primitive. A
 * null is the same as a field left out.
 */
public sealed interface RequestFields
    permits ExportRequest, ExportRequest.Clients, ChangeRequest, ConfirmRequest, FinishRequest {

  /** What is wrong with fields that are right by themselves. */
  default List<Complaint> complaints() {
    return List.of();
  }
}
