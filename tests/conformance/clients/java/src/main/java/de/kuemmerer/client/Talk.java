package de.kuemmerer.client;

import static de.kuemmerer.client.Made.NUMBERS;
import static de.kuemmerer.client.Made.RUN;
import static de.kuemmerer.client.Made.person;
import static de.kuemmerer.client.Tap.check;
import static de.kuemmerer.client.Tap.hold;
import static de.kuemmerer.client.Tap.refused;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.SummaryEnum;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.gclient.TokenClientParam;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Task;

/** HAPI's generic client, as it comes, against a FHIR server: Talk BASE. */
public final class Talk {
  private final IGenericClient client;
  private Patient patient;
  private Patient first;
  private IdType site;
  private IdType order;
  private IdType task;

  private Talk(String base) {
    FhirContext context = FhirContext.forR4();
    context.getRestfulClientFactory().setSocketTimeout(30_000);
    client = context.newRestfulGenericClient(base);
  }

  public static void main(String[] arguments) {
    Talk talk = new Talk(arguments[0]);
    talk.single();
    talk.conditional();
    talk.bundles();
    talk.searches();
    talk.tasks();
    talk.operations();
    talk.encoded(EncodingEnum.XML);
    talk.encoded(EncodingEnum.JSON);
  }

  private static String query(int number) {
    return "Patient?identifier=" + NUMBERS + "|" + RUN + "-" + number;
  }

  private void single() {
    check("the server is one of R4, says its CapabilityStatement", () -> {
      CapabilityStatement told = client.capabilities().ofType(CapabilityStatement.class).execute();
      hold(told.getRestFirstRep().getResource().size() > 20, told.getRestFirstRep().getResource().size());
    });
    check("create", () -> {
      MethodOutcome made = client.create().resource(person(1)).execute();
      hold(made.getCreated() && made.getId().hasIdPart() && made.getId().hasVersionIdPart(), made.getId());
      first = client.read().resource(Patient.class).withId(made.getId().getIdPart()).execute();
    });
    check("read", () -> {
      hold(first.getNameFirstRep().getGivenAsSingleString().equals("Änne"), first.getNameFirstRep().getNameAsSingleString());
      hold(first.getMeta().getVersionId() != null && first.getMeta().getLastUpdated() != null, "no version or time");
    });
    check("read of nobody is not found", () ->
        refused(ResourceNotFoundException.class, () -> client.read().resource(Patient.class).withId("nobody").execute()));
    check("update with the version it knows", () -> {
      Patient changed = first.copy().setGender(AdministrativeGender.OTHER);
      MethodOutcome done = client.update().resource(changed).execute();
      hold(!done.getId().getVersionIdPart().equals(first.getMeta().getVersionId()), done.getId());
      patient = client.read().resource(Patient.class).withId(first.getIdElement().getIdPart()).execute();
      hold(patient.getGender() == AdministrativeGender.OTHER, patient.getGender());
    });
    check("update with an older version is refused", () ->
        refused(PreconditionFailedException.class, () ->
            client.update().resource(first.copy().setGender(AdministrativeGender.MALE)).withId(first.getIdElement())
                .withAdditionalHeader("If-Match", "W/\"" + first.getMeta().getVersionId() + "\"").execute()));
    check("vread", () -> {
      IdType id = first.getIdElement();
      Patient read = client.read().resource(Patient.class).withIdAndVersion(id.getIdPart(), id.getVersionIdPart()).execute();
      hold(read.getGender() == AdministrativeGender.FEMALE, read.getGender());
    });
    check("history of an instance and of a type", () -> {
      Bundle versions = client.history().onInstance(first.getIdElement().toUnqualifiedVersionless())
          .returnBundle(Bundle.class).execute();
      hold(versions.getEntry().size() == 2, versions.getEntry().size());
      Bundle all = client.history().onType(Patient.class).returnBundle(Bundle.class).count(5).execute();
      hold(!all.getEntry().isEmpty(), "the history of the type is empty");
    });
    check("patch by JSON Patch", () -> {
      String patch = "[{\"op\":\"replace\",\"path\":\"/gender\",\"value\":\"female\"}]";
      client.patch().withBody(patch).withId(first.getIdElement().toUnqualifiedVersionless()).execute();
      patient = client.read().resource(Patient.class).withId(first.getIdElement().getIdPart()).execute();
      hold(patient.getGender() == AdministrativeGender.FEMALE, patient.getGender());
    });
    check("delete is refused", () ->
        refused(BaseServerResponseException.class, () ->
            client.delete().resourceById(first.getIdElement().toUnqualifiedVersionless()).execute()));
  }

  private void conditional() {
    check("conditional create makes one", () -> {
      MethodOutcome one = client.create().resource(person(2)).conditionalByUrl(query(2)).execute();
      MethodOutcome two = client.create().resource(person(2)).conditionalByUrl(query(2)).execute();
      hold(one.getId().getIdPart().equals(two.getId().getIdPart()), one.getId() + " and " + two.getId());
    });
    check("conditional update creates, then updates", () -> {
      MethodOutcome one = client.update().resource(person(3)).conditionalByUrl(query(3)).execute();
      Patient other = person(3).setGender(AdministrativeGender.OTHER);
      MethodOutcome two = client.update().resource(other).conditionalByUrl(query(3)).execute();
      hold(one.getId().getIdPart().equals(two.getId().getIdPart()), one.getId() + " and " + two.getId());
    });
  }

  private void bundles() {
    check("transaction", () -> {
      Reference subject = new Reference(patient.getIdElement().toUnqualifiedVersionless());
      Bundle done = client.transaction().withBundle(Made.referral(subject)).execute();
      List<IdType> made = done.getEntry().stream().map(each -> new IdType(each.getResponse().getLocation())).toList();
      site = made.get(0).toUnqualifiedVersionless();
      order = made.get(1).toUnqualifiedVersionless();
      task = made.get(2).toUnqualifiedVersionless();
      Task read = client.read().resource(Task.class).withId(task).execute();
      hold(read.getFocus().getReference().equals(order.getValue()), read.getFocus().getReference());
    });
    check("batch", () -> {
      Bundle batch = new Bundle().setType(Bundle.BundleType.BATCH);
      for (String url : List.of("Patient/" + patient.getIdElement().getIdPart(), "Patient/nobody")) {
        batch.addEntry().getRequest().setMethod(Bundle.HTTPVerb.GET).setUrl(url);
      }
      Bundle done = client.transaction().withBundle(batch).execute();
      String told = String.join(" ", done.getEntry().stream().map(each -> each.getResponse().getStatus().substring(0, 3)).toList());
      hold(told.equals("200 404"), told);
    });
  }

  private void searches() {
    check("search by identifier, name, birth date", () -> {
      Bundle found = client.search().forResource(Patient.class)
          .where(Patient.IDENTIFIER.exactly().systemAndCode(NUMBERS, RUN + "-1"))
          .and(Patient.FAMILY.matches().value("brinkm")).and(Patient.BIRTHDATE.afterOrEquals().day("1938-01-01"))
          .returnBundle(Bundle.class).execute();
      hold(found.getEntry().size() == 1, found.getEntry().size());
    });
    check("search by POST", () -> {
      Bundle found = client.search().forResource(Patient.class)
          .where(Patient.IDENTIFIER.exactly().systemAndCode(NUMBERS, RUN + "-1")).usingStyle(
              ca.uhn.fhir.rest.api.SearchStyleEnum.POST).returnBundle(Bundle.class).execute();
      hold(found.getEntry().size() == 1, found.getEntry().size());
    });
    check("search with a chain", () -> {
      Bundle found = client.search().forResource(Task.class)
          .where(Task.PATIENT.hasChainedProperty("Patient", Patient.IDENTIFIER.exactly().systemAndCode(NUMBERS, RUN + "-1")))
          .and(Task.OWNER.hasId(site)).and(Task.STATUS.exactly().code("requested"))
          .returnBundle(Bundle.class).execute();
      hold(found.getEntry().size() == 1, found.getEntry().size());
    });
    check("search with _has", () -> {
      Bundle found = client.search().forResource(Patient.class)
          .where(new TokenClientParam("_has:Task:patient:_id").exactly().code(task.getIdPart()))
          .returnBundle(Bundle.class).execute();
      hold(found.getEntry().size() == 1, found.getEntry().size());
    });
    check("search with _include and _revinclude", () -> {
      Bundle found = client.search().forResource(ServiceRequest.class)
          .where(Resource.RES_ID.exactly().code(order.getIdPart()))
          .include(ServiceRequest.INCLUDE_PATIENT).revInclude(Task.INCLUDE_FOCUS)
          .returnBundle(Bundle.class).execute();
      List<String> types = found.getEntry().stream()
          .map(each -> each.getResource().fhirType() + ":" + each.getSearch().getMode().toCode()).sorted().toList();
      hold(types.equals(List.of("Patient:include", "ServiceRequest:match", "Task:include")), types);
    });
    check("pages are loaded one after the other", this::pages);
    check("search with _summary and _elements", () -> {
      Bundle count = client.search().forResource(Patient.class).summaryMode(SummaryEnum.COUNT)
          .returnBundle(Bundle.class).execute();
      hold(count.getTotal() > 2 && count.getEntry().isEmpty(), count.getTotal());
      Bundle some = client.search().forResource(Patient.class).elementsSubset("birthDate")
          .where(Resource.RES_ID.exactly().code(patient.getIdElement().getIdPart())).returnBundle(Bundle.class).execute();
      Patient shown = (Patient) some.getEntryFirstRep().getResource();
      hold(shown.hasBirthDate() && !shown.hasName(), "more or less than was asked");
    });
  }

  private void pages() {
    String family = "Blatt" + RUN.replace("-", "");
    Bundle batch = new Bundle().setType(Bundle.BundleType.TRANSACTION);
    for (int number = 100; number < 107; number++) {
      batch.addEntry().setResource(person(number, family)).getRequest().setMethod(Bundle.HTTPVerb.POST).setUrl("Patient");
    }
    client.transaction().withBundle(batch).execute();
    Bundle page = client.search().forResource(Patient.class).where(Patient.FAMILY.matches().value(family)).count(3)
        .sort().ascending(Patient.BIRTHDATE).returnBundle(Bundle.class).execute();
    Set<String> seen = new HashSet<>();
    while (true) {
      page.getEntry().forEach(each -> hold(seen.add(each.getResource().getIdElement().getIdPart()), "seen twice"));
      if (page.getLink(Bundle.LINK_NEXT) == null) {
        break;
      }
      page = client.loadPage().next(page).execute();
    }
    hold(seen.size() == 7, seen.size());
  }

  private void tasks() {
    check("a Task is moved by update", () -> {
      Task read = client.read().resource(Task.class).withId(task).execute();
      client.update().resource(read.setStatus(Task.TaskStatus.RECEIVED)).execute();
      Task moved = client.read().resource(Task.class).withId(task).execute();
      hold(moved.getStatus() == Task.TaskStatus.RECEIVED, moved.getStatus());
    });
    check("an illegal move is refused, and says what is legal", () -> {
      Task read = client.read().resource(Task.class).withId(task).execute();
      BaseServerResponseException told = refused(BaseServerResponseException.class, () ->
          client.update().resource(read.setStatus(Task.TaskStatus.DRAFT)).execute());
      OperationOutcome outcome = (OperationOutcome) told.getOperationOutcome();
      hold(told.getStatusCode() == 422, told.getStatusCode());
      hold(FhirContext.forR4Cached().newJsonParser().encodeResourceToString(outcome).contains("accepted"), "not said");
    });
  }

  private void operations() {
    check("$validate", () -> {
      OperationOutcome right = (OperationOutcome) client.validate().resource(person(9)).execute().getOperationOutcome();
      hold(right.getIssue().stream().noneMatch(issue -> issue.getSeverity().ordinal() < 2), right.getIssueFirstRep().getDiagnostics());
    });
    check("$match finds the person", () -> {
      Patient same = new Patient();
      same.setIdentifier(patient.getIdentifier()).setName(patient.getName()).setBirthDate(patient.getBirthDate());
      same.setGender(patient.getGender());
      Parameters asked = new Parameters();
      asked.addParameter().setName("resource").setResource(same);
      asked.addParameter().setName("onlyCertainMatches").setValue(new BooleanType(false));
      Bundle found = client.operation().onType(Patient.class).named("$match").withParameters(asked)
          .returnResourceType(Bundle.class).execute();
      hold(!found.getEntry().isEmpty(), "nobody found");
      hold(found.getEntryFirstRep().getSearch().hasScore(), "without score");
    });
  }

  private void encoded(EncodingEnum encoding) {
    check("create, read, search as " + encoding, () -> {
      client.setEncoding(encoding);
      MethodOutcome made = client.create().resource(person(20 + encoding.ordinal())).execute();
      Patient read = client.read().resource(Patient.class).withId(made.getId().toUnqualifiedVersionless()).execute();
      hold(read.getNameFirstRep().getGivenAsSingleString().equals("Änne"), "another name");
      Bundle found = client.search().byUrl(query(20 + encoding.ordinal())).returnBundle(Bundle.class).execute();
      hold(found.getEntry().size() == 1, found.getEntry().size());
      refused(ResourceNotFoundException.class, () -> client.read().resource(Organization.class).withId("nobody").execute());
    });
  }
}
