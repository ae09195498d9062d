package de.kuemmerer.oracle;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A second opinion on FHIR: HAPI's instance validator over files and folders, against R4 and a folder of profiles.
 *
 * <pre>java -cp 'target/oracle.jar:target/lib/*' de.kuemmerer.oracle.Oracle --profiles DIR [--warnings] FILE|FOLDER...</pre>
 *
 * One line per issue, then one line of JSON with the figures. Exit 0 without an error, 1 with errors, 2 for a wrong call.
 */
public final class Oracle {

    private int files;
    private int invalid;
    private int errors;
    private int warnings;
    private int unknowable;

    private Oracle() {
    }

    public static void main(String[] arguments) throws IOException {
        Path profiles = null;
        boolean showWarnings = false;
        List<Path> inputs = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--profiles" -> profiles = Path.of(arguments[++i]);
                case "--warnings" -> showWarnings = true;
                default -> inputs.add(Path.of(arguments[i]));
            }
        }
        if (profiles == null || inputs.isEmpty()) {
            System.err.println("call: Oracle --profiles DIR [--warnings] FILE|FOLDER...");
            System.exit(2);
        }
        System.exit(new Oracle().judge(profiles, inputs, showWarnings));
    }

    private int judge(Path profiles, List<Path> inputs, boolean showWarnings) throws IOException {
        long start = System.nanoTime();
        FhirContext context = FhirContext.forR4();
        Chain chain = Chain.of(context, profiles);
        FhirValidator validator = context.newValidator().registerValidatorModule(chain.module());
        for (Path input : inputs) {
            for (Path file : json(input)) {
                report(file, validator.validateWithResult(Files.readString(file)).getMessages(), showWarnings);
            }
        }
        System.out.printf(
            "{\"files\": %d, \"valid\": %d, \"invalid\": %d, \"errors\": %d, \"warnings\": %d, \"unknowable\": %d, \"definitions\": %d, \"seconds\": %d}%n",
            files, files - invalid, invalid, errors, warnings, unknowable, chain.definitions(), (System.nanoTime() - start) / 1_000_000_000L);
        return errors == 0 ? 0 : 1;
    }

    private void report(Path file, List<SingleValidationMessage> messages, boolean showWarnings) {
        files++;
        int before = errors;
        for (SingleValidationMessage message : messages) {
            ResultSeverityEnum severity = message.getSeverity();
            boolean grave = severity.ordinal() >= ResultSeverityEnum.ERROR.ordinal();
            boolean error = grave && !Unknowable.is(message);
            unknowable += grave && !error ? 1 : 0;
            boolean warning = severity.ordinal() >= ResultSeverityEnum.WARNING.ordinal() && !error;
            errors += error ? 1 : 0;
            warnings += warning ? 1 : 0;
            if (error || (warning && showWarnings)) {
                String kind = error ? "error" : "warning";
                System.out.printf("%s %s %s: %s%n", kind, file, message.getLocationString(), message.getMessage().replace('\n', ' '));
            }
        }
        invalid += errors > before ? 1 : 0;
    }

    /** The JSON files of a folder and below, sorted; a single file as it is. */
    static List<Path> json(Path input) throws IOException {
        try (Stream<Path> paths = Files.walk(input)) {
            return paths.filter(Files::isRegularFile).filter(p -> p.toString().endsWith(".json") || p.equals(input)).sorted().toList();
        }
    }
}
