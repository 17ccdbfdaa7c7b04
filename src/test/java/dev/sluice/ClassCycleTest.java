package dev.sluice;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SliceRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A class that owns another is not known to it. No file refers to one that refers back to it, by
 * whatever detour, except that a sealed type names those that it permits.
 */
class ClassCycleTest {

  /** A file has one class, and those within it. */
  private static final SliceAssignment FILES =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          JavaClass one = type.getBaseComponentType();
          while (one.getEnclosingClass().isPresent()) {
            one = one.getEnclosingClass().get();
          }
          return one.getName().startsWith("dev.sluice.")
              ? SliceIdentifier.of(one.getName())
              : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
          return "files";
        }
      };

  @Test
  void noFilesReferToEachOther() {
    JavaClasses classes = ownClasses();

    rule(classes).check(classes);
  }

  @Test
  void aCycleWouldBeSeen() {
    JavaClasses classes =
        new ClassFileImporter().importClasses(Owner.class, Owned.class, Part.class, Used.class);

    assertThat(rule(classes).evaluate(classes).getFailureReport().getDetails())
        .singleElement()
        .asString()
        .contains("Slice dev.sluice.Owner", "Slice dev.sluice.Owned", "Slice dev.sluice.Part")
        .doesNotContain("Slice dev.sluice.Used");
  }

  @Test
  void aSealedTypeMayNameThoseThatItPermits() {
    JavaClasses classes = new ClassFileImporter().importClasses(Parent.class, Child.class);

    assertThat(rule(classes).evaluate(classes).hasViolation()).isFalse();
  }

  private static SliceRule rule(JavaClasses classes) {
    SliceRule rule = slices().assignedFrom(FILES).should().beFreeOfCycles();
    for (JavaClass one : classes) {
      Class<?> type = one.reflect();
      if (type.isSealed()) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
          rule = rule.ignoreDependency(type, permitted);
        }
      }
    }
    return rule;
  }

  /** Nothing has to be known of what they use of others. */
  private static JavaClasses ownClasses() {
    return ArchConfiguration.withThreadLocalScope(
        configuration -> {
          configuration.setResolveMissingDependenciesFromClassPath(false);
          return new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests()))
              .importPackages("dev.sluice");
        });
  }
}

/** Begins a cycle. */
record Owner(Owned owned, Used used) {}

record Owned(Part[] parts) {}

/** Closes it. */
record Part(Owner owner) {}

record Used() {}

sealed interface Parent permits Child {}

record Child() implements Parent {}
