"""What people call the columns of a file of persons, in English, German, French, Spanish, Italian and Dutch."""

from __future__ import annotations

import re
import unicodedata

# Spelt as plain() leaves them: no case, accents, spaces, underscores or hyphens.
_SYNONYMS = {
    "source": ("sourcesystem sourcename datasource system src quelle quellsystem origen fuente fonte bron"),
    "key": (
        "sourcekey recordkey id recordid recid sourceid sourcerecordid uniqueid uid uuid guid schluessel "
        "schlussel datensatzid identifiant clave chiave"
    ),
    "given_name": (
        "firstname forename first fname givennames firstnames christianname vorname vornamen rufname prenom "
        "prenoms nombredepila voornaam fornavn fornamn primernombre"
    ),
    "middle_name": (
        "middlename middlenames middle middleinitial mname zweitername deuxiemeprenom segundonombre"
    ),
    "family_name": (
        "lastname surname last lname familyname secondname nachname familienname zuname nomdefamille apellido "
        "apellidos cognome achternaam etternavn efternavn efternamn"
    ),
    "full_name": (
        "name fullname personname customername clientname contactname displayname completename vollername "
        "vollstaendigername nomcomplet nombrecompleto nombreyapellidos nomecompleto nomeecognome "
        "volledigenaam"
    ),
    "birth_date": (
        "birthdate dateofbirth dob birthday bdate bday born birth geburtsdatum gebdatum gebdat geburtstag "
        "datedenaissance datenaissance naissance fechadenacimiento fechanacimiento fechanac datadinascita "
        "geboortedatum"
    ),
    "sex": "gender geschlecht sexe sexo sesso geslacht genero genre",
    "email": (
        "mail emailaddress mailaddress emailaddr emailid eaddress primaryemail personalemail contactemail "
        "useremail customeremail emailadresse mailadresse courriel adresseemail adressemail "
        "adresseelectronique adressecourriel correo correoelectronico direcciondecorreo postaelettronica "
        "emailadres email1 email1value"
    ),
    "phone": (
        "telephone tel telno phoneno phonenumber telephoneno telephonenumber mobile mobilephone mobileno "
        "mobilenumber mobil cell cellphone cellno cellnumber homephone primaryphone contactphone "
        "contactnumber telefon telefonnummer telefonnr telnr handy handynummer handynr mobilnummer "
        "mobiltelefon rufnummer telefono telefonomovil movil celular portable numerodetelephone numtel "
        "cellulare telefoon telefoonnummer mobiel phone1 phone1value tel1"
    ),
    "street": (
        "streetaddress address addressline addressline1 addressline01 address1 addr addr1 street1 streetname "
        "homeaddress residentialaddress strasse str strassehausnummer strasseundhausnummer strassehausnr "
        "strasseundhausnr adresse adresse1 anschrift rue voie calle direccion domicilio via indirizzo straat "
        "straatnaam adres homestreet address1street"
    ),
    "house_number": (
        "housenumber houseno housenr streetnumber streetno buildingnumber hausnummer hausnr numerodevoie "
        "numerocivico huisnummer"
    ),
    "unit": (
        "unitnumber unitno apartment apartmentnumber apt aptno aptnumber flat flatno flatnumber suite wohnung "
        "wohnungsnummer appartement"
    ),
    "city": (
        "town cityname locality ort stadt wohnort ville commune ciudad localidad poblacion municipio citta "
        "comune stad plaats woonplaats suburb homecity address1city"
    ),
    "postal_code": (
        "postalcode postcode zip zipcode zip5 zippostalcode postal plz postleitzahl codepostal cp "
        "codigopostal cap postnummer pincode homepostalcode address1postalcode"
    ),
    "region": (
        "state province county stateprovince provincestate statecode bundesland kanton canton provincia "
        "regione departement provincie homestate address1region"
    ),
    "country": (
        "countrycode countryname nation land staat pays pais paese countryregion homecountry address1country"
    ),
    "national_id": (
        "nationalid nationalidnumber nationalidentifier ssn socialsecuritynumber socialsecurityno "
        "socialsecurity nationalinsurancenumber nino nhsnumber taxid taxidnumber steuerid steueridnr "
        "sozialversicherungsnummer svnr numerosecuritesociale nir dni nif nie curp cpf codicefiscale bsn "
        "socsecid socsecno socialsecurityid"
    ),
    "customer_number": (
        "customernumber customerno customernr custno custnumber custnr clientnumber clientno kundennummer "
        "kundennr kdnr numeroclient numerodecliente klantnummer"
    ),
}

# A key where nothing else is one: they may as well say who a record was found to be.
WEAK_KEYS = frozenset(
    {
        "customerid", "clientid", "contactid", "personid", "memberid", "userid", "patientid", "accountid",
        "employeeid", "studentid", "kundenid", "rownumber", "rowid",
    }
)  # fmt: skip

# One word in two meanings: what it is depends on the other columns.
_GIVEN, _FAMILY, _FULL = "given_name", "family_name", "full_name"
_BY_COMPANY = {"name": (_FULL, _FAMILY), "nom": (_FULL, _FAMILY), "nome": (_GIVEN, _GIVEN), "nombre": (_GIVEN, _GIVEN),
               "navn": (_FULL, _FAMILY), "naam": (_FULL, _FAMILY)}  # fmt: skip

_MEANINGS = {
    name: target for target, names in _SYNONYMS.items() for name in (target.replace("_", ""), *names.split())
}


def plain(name: str) -> str:
    """A column's name without case, accents, spaces, underscores, hyphens and other signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def words(name: str) -> list[str]:
    """The words of a name: ``workEmail 2`` and ``work_email-2`` are work, email, 2."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in (plain(part) for part in re.split(r"[\W_]+", split)) if word]


def meaning(name: str, others: set[str]) -> str | None:
    """The attribute (or ``source``, ``key``) that a column of this name holds, if its name says so.

    Args:
        name: the column's name.
        others: what the names of the other columns mean by themselves: beside a given name, ``name`` is a family name.
    """
    word = plain(name)
    if word in _BY_COMPANY:
        alone, beside = _BY_COMPANY[word]
        if word in ("nombre", "nome"):
            return _GIVEN if _FAMILY in others else _FULL
        return beside if _GIVEN in others and _FAMILY not in others else alone
    return _MEANINGS.get(word)
