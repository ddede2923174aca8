ALTER TABLE `data_exports` ADD `volumes` int;--> statement-breakpoint
ALTER TABLE `data_exports` ADD CONSTRAINT `data_exports_token` UNIQUE(`token_hash`);