package de.kuemmerer.oracle;

import ca.uhn.fhir.validation.SingleValidationMessage;
import java.util.regex.Pattern;

/** Findings about terminologies and profiles that no offline validator can know (LOINC, SNOMED CT, foreign packages). */
final class Unknowable {

    private static final Pattern SENTENCES = Pattern.compile(
        "(?i)unknown code system|CodeSystem is unknown|can't be validated|could not be (found|resolved), so the code cannot be validated"
            + "|Unable to (expand|validate) .*|A definition for CodeSystem .* could not be found"
            + "|Profile reference .* (has not been checked|could not be resolved).*");

    private Unknowable() {
    }

    static boolean is(SingleValidationMessage message) {
        return SENTENCES.matcher(message.getMessage()).find();
    }
}
