"""What callers say: messages and answers, twenty a language, written as they are spoken."""

from typing import Final

UTTERANCES: Final = {
    "en-US": (
        "Hello, this is Anna. Please call me back tomorrow morning.",
        "I would like to change the delivery address of my order.",
        "The heating in our office has stopped working since yesterday.",
        "Can you tell me when the next train to London leaves?",
        "I am calling about the letter that I received last week.",
        "My internet connection is very slow in the evening.",
        "Please cancel my appointment on Friday afternoon.",
        "I have lost my bank card and I need a new one.",
        "We are looking for a quiet room with a view of the garden.",
        "The package arrived today, but the box was damaged.",
        "Could you send the contract to my new address, please?",
        "I want to speak with somebody from the sales department.",
        "The technician promised to come before noon, but nobody came.",
        "Thank you very much for your help, it works again.",
        "My daughter has a fever and I need to see the doctor today.",
        "I forgot the password of my account and cannot log in.",
        "How much does it cost to rent a small car for the weekend?",
        "There is a strange noise coming from the washing machine.",
        "Our meeting was moved from Monday to Wednesday.",
        "Please leave the keys with the neighbour across the street.",
    ),
    "it-IT": (
        "Buongiorno, vorrei sapere quando arriva il mio ordine.",
        "Per favore richiamatemi domani mattina dopo le nove.",
        "Il riscaldamento del nostro ufficio non funziona da ieri.",
        "Ho perso la carta di credito e ne vorrei una nuova.",
        "Vorrei prenotare una camera tranquilla con vista sul giardino.",
        "A che ora parte il prossimo treno per Milano?",
        "La connessione a internet è molto lenta la sera.",
        "Devo annullare l'appuntamento di venerdì pomeriggio.",
        "Il pacco è arrivato oggi, ma la scatola era rotta.",
        "Potete mandare il contratto al mio nuovo indirizzo?",
        "Vorrei parlare con qualcuno dell'ufficio vendite.",
        "Il tecnico doveva venire prima di mezzogiorno.",
        "Grazie mille per il vostro aiuto, adesso funziona.",
        "Mia figlia ha la febbre e ho bisogno di un medico.",
        "Ho dimenticato la password e non riesco a entrare.",
        "Quanto costa affittare una macchina per il fine settimana?",
        "La lavatrice fa un rumore molto strano.",
        "La nostra riunione è stata spostata da lunedì a mercoledì.",
        "Lasciate le chiavi alla signora del primo piano.",
        "Vorrei cambiare il numero di telefono del mio contratto.",
    ),
}

VOICES: Final = {
    "en-US": ("af_heart", "am_michael", "bf_emma", "am_puck", "af_bella"),
    "it-IT": ("if_sara", "im_nicola"),
}
"""Voices of Kokoro that take turns."""
