package de.kuemmerer.oracle;

import ca.uhn.fhir.validation.SingleValidationMessage;
import java.util.regex.Pattern;

/**
 * Findings about what no offline validator can know: foreign terminologies (LOINC, SNOMED CT), foreign packages, and
 * R5 elements carried in R4 by HL7's cross-version extensions, whose definitions HAPI's R4 resources do not hold.
 */
final class Unknowable {

    private static final Pattern SENTENCES = Pattern.compile(
        "(?i)unknown code system|CodeSystem is unknown|can't be validated|could not be (found|resolved), so the code cannot be validated"
            + "|Unable to (expand|validate) .*|A definition for CodeSystem .* could not be found"
            + "|Extension url 'http://hl7.org/fhir/5\\.0/StructureDefinition/extension-.*' is not valid \\(invalid Version"
            + "|Profile reference .* (has not been checked|could not be resolved).*");

    private Unknowable() {
    }

    static boolean is(SingleValidationMessage message) {
        return SENTENCES.matcher(message.getMessage()).find();
    }
}
