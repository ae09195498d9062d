"""All texts of the page and of letters, German in plain language with English beside it."""

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """A text in both languages."""

    de: str
    en: str


WORDS: Mapping[str, Text] = {
    "title": Text("Nachricht für Sie", "A message for you"),
    "skip": Text("Zum Inhalt", "Skip to content"),
    "enter.lead": Text(
        "Ihre Kümmererstelle hat eine Nachricht für Sie. Bitte geben Sie Ihren Code ein.",
        "Your Kümmerer office has a message for you. Please enter your code.",
    ),
    "enter.code": Text("Ihr Code", "Your code"),
    "enter.code.help": Text(
        "8 Ziffern. Sie haben den Code am Telefon oder mit der Post bekommen.",
        "8 digits. You were given the code by telephone or by post.",
    ),
    "enter.key": Text("Ihr Schlüssel", "Your key"),
    "enter.key.help": Text(
        "Der letzte Teil Ihres Links, nach dem Zeichen #. "
        "Waren Sie in diesem Browser schon hier? Dann lassen Sie es leer.",
        "The last part of your link, after the # sign. If you have been here with this browser, leave it empty.",
    ),
    "enter.button": Text("Weiter", "Continue"),
    "wrong": Text(
        "Code oder Link stimmen nicht. Bitte prüfen Sie die Eingabe.",
        "Code or link are not right. Please check what you entered.",
    ),
    "used": Text(
        "Dieser Link wurde schon in einem anderen Browser geöffnet. Bitte nehmen Sie diesen Browser, "
        "oder rufen Sie Ihre Kümmererstelle an. Sie gibt Ihnen einen neuen Link.",
        "This link was already opened in another browser. Please use that one, or call your Kümmerer office for "
        "a new link.",
    ),
    "locked": Text(
        "Der Code war zu oft falsch. Der Link ist gesperrt. Bitte rufen Sie Ihre Kümmererstelle an.",
        "The code was wrong too often. The link is locked. Please call your Kümmerer office.",
    ),
    "over": Text(
        "Dieser Link gilt nicht mehr. Bitte rufen Sie Ihre Kümmererstelle an.",
        "This link is no longer valid. Please call your Kümmerer office.",
    ),
    "busy": Text("Bitte versuchen Sie es gleich noch einmal.", "Please try again in a moment."),
    "often": Text(
        "Das waren zu viele Versuche. Bitte warten Sie eine Minute.", "Too many tries. Please wait a minute."
    ),
    "nothing": Text("Diese Seite gibt es nicht.", "There is no such page."),
    "failed-here": Text(
        "Das hat nicht geklappt. Bitte versuchen Sie es später noch einmal, oder rufen Sie an.",
        "That did not work. Please try again later, or call.",
    ),
    "changed": Text(
        "Inzwischen hat sich etwas geändert. Ihre Antwort wurde nicht gespeichert. Bitte sehen Sie noch einmal nach.",
        "Something has changed meanwhile. Your answer was not saved. Please have another look.",
    ),
    "missing": Text(
        "Es fehlt noch etwas: Bitte schreiben Sie ein paar Worte dazu.",
        "Something is missing: please write a few words.",
    ),
    "saved": Text("Danke. Ihre Antwort ist gespeichert.", "Thank you. Your answer is saved."),
    "status": Text("Stand", "Status"),
    "stopping": Text(
        "Bitte beenden Sie diese Hilfe. Ihre Kümmererstelle hat darum gebeten.",
        "Please end this support. Your Kümmerer office asks for it.",
    ),
    "gone": Text(
        "Diese Anfrage ist nicht mehr bei Ihnen. Bitte rufen Sie Ihre Kümmererstelle an.",
        "This request is no longer with you. Please call your Kümmerer office.",
    ),
    "what": Text("Worum es geht", "What it is about"),
    "who": Text("Für wen", "For whom"),
    "why": Text("Was erreicht werden soll", "What is to be achieved"),
    "from": Text("Von wem", "From whom"),
    "talks": Text("Fragen und Antworten", "Questions and answers"),
    "notes": Text("Ihre Notizen", "Your notes"),
    "answer": Text("Ihre Antwort", "Your answer"),
    "ended": Text("Hier ist nichts mehr zu tun. Danke.", "There is nothing left to do here. Thank you."),
    "field.measure": Text("Hilfe", "Support"),
    "field.details": Text("Genauer", "Details"),
    "field.when": Text("Wann", "When"),
    "field.priority": Text("Dringlichkeit", "Urgency"),
    "field.hint": Text("Hinweis", "Note"),
    "field.name": Text("Name", "Name"),
    "field.born": Text("Geboren am", "Born on"),
    "field.address": Text("Adresse", "Address"),
    "field.phone": Text("Telefon", "Telephone"),
    "field.contact": Text("Ansprechperson", "Contact"),
    "field.payer": Text("Kasse", "Payer"),
    "field.care": Text("Angabe zur Pflege", "Care information"),
    "field.goal": Text("Ziel", "Goal"),
    "field.office": Text("Kümmererstelle", "Kümmerer office"),
    "asked": Text("Sie haben gefragt", "You asked"),
    "asks": Text("Die Kümmererstelle fragt", "The Kümmerer office asks"),
    "waits": Text("noch keine Antwort", "no answer yet"),
    "reply": Text("Antwort", "Answer"),
    "text": Text("Ihre Worte", "Your words"),
    "text.may": Text("Ihre Worte (wenn Sie möchten)", "Your words (if you like)"),
    "choose": Text("Bitte wählen Sie", "Please choose"),
    "leave": Text("Seite verlassen", "Leave this page"),
    "left": Text(
        "Sie haben die Seite verlassen. Mit Ihrem Code kommen Sie in diesem Browser wieder hinein.",
        "You have left the page. With your code you can come back in this browser.",
    ),
    "privacy": Text(
        "Sie sehen nur, was Sie für diese Hilfe brauchen. Jeder Zugriff wird aufgeschrieben.",
        "You see only what you need for this support. Each access is written down.",
    ),
    "ask.question": Text("Eine Frage an Sie", "A question for you"),
    "ask.abort": Text("Bitte beenden Sie diese Hilfe", "Please end this support"),
    "ask.change": Text("Eine Änderung: Sind Sie einverstanden?", "A change: do you agree?"),
    "ask.recall": Text("Bitte löschen Sie, was Sie bekommen haben", "Please delete what you were given"),
    "reply.reply": Text("Antworten", "Answer"),
    "reply.stopped": Text("Ja, wir haben beendet", "Yes, we have ended it"),
    "reply.goes-on": Text("Nein, wir machen weiter", "No, we go on"),
    "reply.agreed": Text("Ja, einverstanden", "Yes, we agree"),
    "reply.as-before": Text("Nein, es bleibt wie vereinbart", "No, it stays as agreed"),
    "reply.deleted": Text("Ja, alles ist gelöscht oder gesperrt", "Yes, all is deleted or blocked"),
    "reply.kept": Text("Nein, wir müssen es behalten", "No, we have to keep it"),
    "others": Text("Ihre anderen Anfragen", "Your other requests"),
    "others.closed": Text("Bitte den Code dieser Anfrage eingeben", "Please enter the code of this request"),
    "others.of": Text("Anfrage vom", "Request of"),
    "accept": Text("Ja, wir übernehmen das", "Yes, we will do it"),
    "decline": Text("Nein, das geht nicht", "No, we cannot"),
    "progress": Text("So weit sind wir", "How far we are"),
    "resume": Text("Es geht weiter", "We go on"),
    "done": Text("Es ist fertig", "It is done"),
    "failed": Text("Es hat nicht geklappt", "It did not work out"),
    "withdraw": Text("Wir können doch nicht", "We cannot after all"),
    "question": Text("Wir haben eine Frage", "We have a question"),
    "send": Text("Absenden", "Send"),
}

ENGLISH: Mapping[str, str] = {
    "requested": "requested",
    "received": "received",
    "accepted": "accepted",
    "in-progress": "under way",
    "on-hold": "paused",
    "completed": "completed",
    "rejected": "declined",
    "cancelled": "withdrawn",
    "failed": "ended without success",
    "entered-in-error": "a mistake",
    "no-capacity": "no capacity",
    "not-eligible": "not eligible",
    "out-of-area": "not in our area",
    "wrong-service": "the wrong service",
    "data-issue": "something in the data is wrong",
    "referred-onward": "referred onward",
    "active-support": "support is under way",
    "first-contact-made": "first contact made",
    "appointment-scheduled": "appointment made",
    "application-submitted": "application submitted",
    "decision-pending": "decision pending",
    "outcome-helped": "we could help",
    "outcome-partial": "we could help in part",
    "no-longer-needed": "no longer needed",
    "application-approved": "application approved",
    "application-denied": "application denied",
    "could-not-contact": "no contact",
    "client-declined": "the person declined",
    "moved-away": "the person has moved away",
    "no-longer-eligible": "no longer eligible",
    "aborted-on-request": "ended on request",
}
GERMAN: Mapping[str, str] = {
    "requested": "Angefragt",
    "received": "Angekommen",
    "accepted": "Angenommen",
    "in-progress": "Läuft",
    "on-hold": "Unterbrochen",
    "completed": "Abgeschlossen",
    "rejected": "Abgelehnt",
    "cancelled": "Zurückgezogen",
    "failed": "Ohne Erfolg beendet",
    "entered-in-error": "Irrtum",
}
PRIORITIES: Mapping[str, Text] = {
    "urgent": Text("dringend", "urgent"),
    "asap": Text("so bald wie möglich", "as soon as possible"),
    "stat": Text("sofort", "at once"),
}

LETTERS: Mapping[str, str] = {
    "hello": "Guten Tag,",
    "measure.subject": "Bitte um Hilfe für einen Menschen",
    "measure.lead": "wir bitten Sie um Hilfe. Worum es geht, steht hier. Bitte antworten Sie bald.",
    "question.subject": "Eine Frage an Sie",
    "question.lead": "wir haben eine Frage zu einer Hilfe, um die wir Sie gebeten haben.",
    "change.subject": "Eine Hilfe soll sich ändern",
    "change.lead": "eine Hilfe, um die wir Sie gebeten haben, soll sich ändern. Sind Sie einverstanden?",
    "recall.subject": "Bitte löschen Sie Angaben",
    "recall.lead": "bitte löschen oder sperren Sie Angaben, die Sie von uns bekommen haben. Schreiben Sie uns, wenn es "
    "so weit ist.",
    "stopping.subject": "Bitte beenden Sie eine Hilfe",
    "stopping.lead": "bitte beenden Sie die Hilfe, die hier steht. Schreiben Sie uns, wenn es so weit ist.",
    "ways": "So können Sie antworten: {ways}. Ein Weg genügt.",
    "way": "So können Sie antworten: {ways}.",
    "way.page": "im Internet",
    "way.phone": "am Telefon",
    "way.post": "mit der Post",
    "by.page": "Im Internet: Öffnen Sie diese Adresse mit dem Handy oder am Computer. Sie brauchen dazu einen Code. "
    "Den Code sagen wir Ihnen am Telefon.",
    "by.page.call": "Rufen Sie uns dafür an.",
    "by.page.again": "Im Internet: Öffnen Sie Ihre Seite wie beim letzten Mal, mit Ihrem Code.",
    "by.phone": "Am Telefon: {phone}. Nennen Sie unser Zeichen: {number}.",
    "qr": "Die Adresse der Seite als Bild zum Abfotografieren",
    "form": "Mit der Post: Bitte ankreuzen, unterschreiben und diesen Brief zurückschicken.",
    "purpose": "Diese Angaben sind nur für diese Hilfe. Bitte geben Sie sie nicht weiter. Vernichten Sie den Brief, "
    "wenn die Hilfe beendet ist und Sie ihn nicht mehr brauchen (Artikel 5 DSGVO).",
    "purpose.office": "Hinweis zur Zweckbindung (§ 78 SGB X): Diese Angaben dürfen Sie nur zu dem Zweck speichern, "
    "verändern, nutzen, übermitteln, in der Verarbeitung einschränken oder löschen, zu dem sie Ihnen übermittelt "
    "wurden.",
    "code.subject": "Ihr Code",
    "code.lead": "mit diesem Code öffnen Sie Ihre Seite bei uns ({url}). Den Link dazu haben Sie getrennt bekommen.",
    "code.keep": "Der Code gilt nur für Sie. Bitte geben Sie ihn nicht weiter. Niemand von uns fragt Sie danach.",
}
"""Texts of letters, in plain German."""
