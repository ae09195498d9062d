package de.kuemmerer.oracle;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.MetadataResource;

/** What the validator knows: R4, our own definitions, and nothing from the network. */
record Chain(FhirInstanceValidator module, int definitions) {

    static Chain of(FhirContext context, Path profiles) throws IOException {
        PrePopulatedValidationSupport own = new PrePopulatedValidationSupport(context);
        int count = 0;
        for (Path file : Oracle.json(profiles)) {
            IBaseResource resource = context.newJsonParser().parseResource(Files.readString(file));
            if (resource instanceof MetadataResource) {
                own.addResource(resource);
                count++;
            }
        }
        UnknownCodeSystemWarningValidationSupport foreign = new UnknownCodeSystemWarningValidationSupport(context);
        foreign.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
        ValidationSupportChain chain = new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            own,
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new SnapshotGeneratingValidationSupport(context),
            foreign);
        FhirInstanceValidator module = new FhirInstanceValidator(chain);
        module.setAnyExtensionsAllowed(true);
        module.setErrorForUnknownProfiles(false);
        return new Chain(module, count);
    }
}
