"""Where mail goes: a pure evaluator of connectors and rules, hop by hop, with MailMarshal Cloud on the other side."""
